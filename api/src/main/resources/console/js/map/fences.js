// Fences of the viewport, paged from the server as the map moves, and a book of fence names for everything else.

import { theme } from '../theme.js';

const MIN_ZOOM = 7;
const PAGE = 500;
const VIEW_LIMIT = 2000;
const KEPT = 6000;
const LABEL_MAX_RESOLUTION = 3.2;
const ROUND_STEP = Math.PI / 12;
const { Style, Fill, Stroke, Text, Circle } = ol.style;

export class Fences {
  #map;
  #session;
  #source = new ol.source.Vector();
  #styles = new Map();
  #hovered = null;
  #request = 0;
  #book = new Map();
  #asked = new Map();
  layer;
  more = false;
  /** Whether the last question for the fences of the view went unanswered. */
  failed = false;

  constructor(map, session, onChange) {
    this.#map = map;
    this.#session = session;
    this.onChange = onChange;
    this.layer = new ol.layer.Vector({ source: this.#source, style: this.#style, zIndex: 5, declutter: 'fence', updateWhileInteracting: false });
    map.addLayer(this.layer);
    let timer = 0;
    map.on('moveend', () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.refresh(), 200);
    });
    setInterval(() => document.hidden || this.refresh(), 60_000);
    theme.on('changed', () => {
      this.#styles.clear();
      this.layer.changed();
    });
  }

  async refresh() {
    const view = this.#map.getView();
    if (!this.#session.token || !view.isDef() || view.getZoom() < MIN_ZOOM) return;
    const request = ++this.#request;
    const extent = this.#extent();
    try {
      const { rows, more } = await this.#session.list('/v1/fences', 'features', { bbox: this.bbox, limit: PAGE }, VIEW_LIMIT);
      if (request !== this.#request) return;
      this.#take(rows, extent);
      this.more = more;
      this.failed = false;
    } catch (error) {
      if (request !== this.#request) return;
      console.warn('fences not loaded', error);
      this.failed = true;
    }
    this.onChange();
  }

  /** What the map shows, as the server wants it. */
  get bbox() {
    return clampBox(this.#extent()).map((degrees) => degrees.toFixed(6)).join(',');
  }

  #extent() {
    return ol.proj.transformExtent(this.#map.getView().calculateExtent(this.#map.getSize()), 'EPSG:3857', 'EPSG:4326');
  }

  /** New and changed fences in, those that vanished from the viewport out. */
  #take(rows, extent) {
    const seen = new Set();
    const fresh = [];
    for (const row of rows) {
      const id = fenceIdOf(row);
      seen.add(id);
      const fingerprint = JSON.stringify([row.geometry, row.properties]);
      const known = this.#source.getFeatureById(id);
      if (known?.get('fingerprint') === fingerprint) continue;
      if (known) this.#source.removeFeature(known);
      const feature = fenceFeature(row);
      feature.set('fingerprint', fingerprint, true);
      this.#book.set(id, row);
      fresh.push(feature);
    }
    const box = ol.proj.transformExtent(extent, 'EPSG:4326', 'EPSG:3857');
    const tooMany = this.#source.getFeatures().length + fresh.length > KEPT;
    for (const feature of this.#source.getFeatures()) {
      const inView = ol.extent.intersects(box, feature.getGeometry().getExtent());
      if (!seen.has(feature.getId()) && (inView || tooMany)) this.#source.removeFeature(feature);
    }
    this.#source.addFeatures(fresh);
  }

  hover(feature) {
    if (feature === this.#hovered) return;
    this.#hovered = feature;
    this.layer.changed();
  }

  /** The smallest fence under a pixel, by geometry: reading canvas pixels back at every pointer move would be slow. */
  at(pixel) {
    if (!this.visible) return null;
    const coordinate = this.#map.getCoordinateFromPixel(pixel);
    const reach = 4 * this.#map.getView().getResolution();
    const box = ol.extent.buffer([...coordinate, ...coordinate], reach);
    let best = null;
    let bestArea = Infinity;
    this.#source.forEachFeatureInExtent(box, (feature) => {
      const geometry = feature.getGeometry();
      if (!geometry.intersectsExtent(box)) return;
      const area = ol.extent.getArea(geometry.getExtent());
      if (area < bestArea) [best, bestArea] = [feature, area];
    });
    return best;
  }

  get visible() {
    return this.layer.getVisible();
  }

  toggle() {
    this.layer.setVisible(!this.visible);
    return this.visible;
  }

  /** The name at hand, or the id now and {@code onKnown} later. */
  name(id, onKnown) {
    const row = this.#book.get(id);
    if (row) return row.properties?.name ?? id;
    if (onKnown) this.get(id).then((found) => found && onKnown(found.properties?.name ?? id));
    return id;
  }

  /** A fence was changed: what is known of it no longer holds. */
  forget(id) {
    this.#book.delete(id);
    return this.refresh();
  }

  /** One fence as GeoJSON, asked once; null when it is gone. */
  async get(id) {
    if (this.#book.has(id)) return this.#book.get(id);
    if (!this.#asked.has(id)) {
      const answer = this.#session
        .get(`/v1/fences/${encodeURIComponent(id)}`)
        .then((row) => {
          this.#book.set(id, row);
          return row;
        })
        .catch(() => null)
        .finally(() => setTimeout(() => this.#asked.delete(id), 60_000));
      this.#asked.set(id, answer);
    }
    return this.#asked.get(id);
  }

  #style = (feature, resolution) => {
    const extent = feature.getGeometry().getExtent();
    const sizePx = Math.max(ol.extent.getWidth(extent), ol.extent.getHeight(extent)) / resolution;
    const hot = feature === this.#hovered;
    const area = isArea(feature);
    if (sizePx < 11 && !hot) return area ? [] : this.#cached('dot', () => this.#dot());
    const outline = this.#cached(`${area ? 'area' : 'site'}${hot ? ' hot' : ''}`, () => (area ? this.#area(hot) : this.#site(hot)));
    if (resolution > LABEL_MAX_RESOLUTION || sizePx < 28) return outline;
    const name = feature.get('name') ?? '';
    return [outline, this.#cached(`label:${name}`, () => this.#label(name))];
  };

  #cached(key, make) {
    if (this.#styles.size > 4000) this.#styles.clear();
    if (!this.#styles.has(key)) this.#styles.set(key, make());
    return this.#styles.get(key);
  }

  #dot() {
    return new Style({
      image: new Circle({ radius: 1.7, fill: new Fill({ color: theme.color('fence-dot') }) }),
      geometry: (feature) => new ol.geom.Point(ol.extent.getCenter(feature.getGeometry().getExtent())),
    });
  }

  #site(hot) {
    return new Style({
      fill: new Fill({ color: theme.color(hot ? 'fence-fill-hot' : 'fence-fill') }),
      stroke: new Stroke({ color: theme.color(hot ? 'fence-line-hot' : 'fence-line'), width: hot ? 2 : 1.2 }),
      zIndex: hot ? 2 : 1,
    });
  }

  /** A territory stays in the background: below every site, dashed, nearly without a fill. */
  #area(hot) {
    return new Style({
      fill: new Fill({ color: theme.color(hot ? 'area-fill-hot' : 'area-fill') }),
      stroke: new Stroke({ color: theme.color(hot ? 'fence-line' : 'area-line'), width: hot ? 1.4 : 0.8, lineDash: [5, 5] }),
      zIndex: 0,
    });
  }

  #label(name) {
    return new Style({
      text: new Text({
        text: name.length > 28 ? `${name.slice(0, 27)}…` : name,
        font: `500 11px ${theme.color('font')}`,
        fill: new Fill({ color: theme.color('fence-text') }),
        stroke: new Stroke({ color: theme.color('map-halo'), width: 2.5 }),
        overflow: true,
        padding: [3, 6, 3, 6],
      }),
      geometry: (feature) => new ol.geom.Point(ol.extent.getCenter(feature.getGeometry().getExtent())),
    });
  }
}

export function fenceIdOf(row) {
  return String(row.id ?? row.properties?.id ?? '');
}

/** Whether a fence on the map is a territory and no site. */
export function isArea(feature) {
  return feature.get('fence_kind') === 'area';
}

/** A GeoJSON fence as a map feature; a Point with radius_m becomes a circle of that many real metres, a LineString with half_width_m a band. */
export function fenceFeature(row) {
  const feature = new ol.format.GeoJSON().readFeature(row, { featureProjection: 'EPSG:3857' });
  feature.setId(fenceIdOf(row));
  const radiusM = row.properties?.radius_m;
  if (row.geometry?.type === 'Point' && radiusM) feature.setGeometry(circleOf(row.geometry.coordinates[1], row.geometry.coordinates[0], radiusM));
  const halfWidthM = row.properties?.half_width_m;
  if (row.geometry?.type === 'LineString' && halfWidthM) feature.setGeometry(corridorOf(row.geometry.coordinates, halfWidthM));
  return feature;
}

/** Web Mercator stretches by 1 / cos(latitude). */
export function circleOf(lat, lng, radiusM) {
  return new ol.geom.Circle(ol.proj.fromLonLat([lng, lat]), radiusM / Math.cos((lat * Math.PI) / 180));
}

/** The outline of the band round a line, its joins and ends round, as real metres at each vertex. */
export function corridorOf(lngLats, halfWidthM) {
  let lng = lngLats[0][0];
  const line = [];
  for (const [raw, lat] of lngLats) {
    lng = raw - 360 * Math.round((raw - lng) / 360);
    const at = ol.proj.fromLonLat([lng, lat]);
    const last = line.at(-1)?.at;
    if (!last || at[0] !== last[0] || at[1] !== last[1]) line.push({ at, reach: halfWidthM / Math.cos((lat * Math.PI) / 180) });
  }
  const ring = [...leftSide(line), ...leftSide([...line].reverse())];
  return new ol.geom.Polygon([[...ring, ring[0]]]);
}

/** Along the left of a line and round its end. */
function leftSide(line) {
  const side = [];
  const arc = ({ at, reach }, from, turn) => {
    const steps = Math.max(1, Math.ceil(-turn / ROUND_STEP));
    for (let i = 0; i <= steps; i++) {
      const angle = from + Math.PI / 2 + (turn * i) / steps;
      side.push([at[0] + reach * Math.cos(angle), at[1] + reach * Math.sin(angle)]);
    }
  };
  for (let i = 1; i < line.length; i++) {
    const heading = headingOf(line[i - 1], line[i]);
    arc(line[i - 1], heading, 0);
    const next = i + 1 < line.length ? headingOf(line[i], line[i + 1]) : heading - Math.PI;
    const turn = i + 1 < line.length ? Math.atan2(Math.sin(next - heading), Math.cos(next - heading)) : -Math.PI;
    arc(line[i], heading, Math.min(0, turn));
  }
  return side;
}

function headingOf(from, to) {
  return Math.atan2(to.at[1] - from.at[1], to.at[0] - from.at[0]);
}

function clampBox([west, south, east, north]) {
  return [Math.max(-180, west), Math.max(-90, south), Math.min(180, east), Math.min(90, north)];
}
