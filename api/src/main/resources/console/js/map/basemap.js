// The base map: vector data that ships with the product, or any XYZ tiles by configuration.
// Countries are one file; a place (a city with districts and roads) is loaded only when it comes into view.

import { language } from '../i18n.js';
import { theme } from '../theme.js';

const DATA = '/console/data/';
const PLACE_MIN_ZOOM = 8.5;
const DISTRICT_LABEL_MIN_ZOOM = 12.2;
const COUNTRY_LABEL_MAX_ZOOM = 7;
const { Style, Fill, Stroke, Text } = ol.style;

export class Basemap {
  #map;
  #layers = [];
  #palette = {};
  #places = [];

  constructor(map) {
    this.#map = map;
  }

  async show(config) {
    this.#readPalette();
    theme.on('changed', () => this.#repaint());
    language.on('changed', () => this.#repaint());
    if (config.tileUrl) {
      this.#showTiles(config);
    } else {
      await this.#showVectors();
    }
  }

  #showTiles(config) {
    const source = new ol.source.XYZ({ url: config.tileUrl, attributions: config.tileAttribution, maxZoom: 19 });
    this.#map.getLayers().insertAt(0, new ol.layer.Tile({ source, className: 'hb-tiles' }));
  }

  async #showVectors() {
    const manifest = await (await fetch(DATA + 'basemap.json')).json();
    const countries = new ol.source.Vector({ attributions: manifest.attribution });
    const shapes = new ol.layer.Vector({ source: countries, style: this.#countryStyle(), zIndex: 0 });
    const labels = new ol.layer.Vector({ source: labelSource(), style: this.#countryLabel, zIndex: 4, maxZoom: COUNTRY_LABEL_MAX_ZOOM, declutter: 'country' });
    this.#add(shapes, labels);
    this.#places = manifest.places.map((place) => ({ ...place, extent: ol.proj.transformExtent(place.bbox, 'EPSG:4326', 'EPSG:3857'), loaded: false }));
    this.#map.on('moveend', () => this.#loadPlacesInView());
    const features = await readFeatures(manifest.countries);
    countries.addFeatures(features);
    labels.getSource().addFeatures(labelFeatures(features).sort((a, b) => b.get('size') - a.get('size')));
    this.#loadPlacesInView();
  }

  #loadPlacesInView() {
    const view = this.#map.getView();
    if (!view.isDef() || view.getZoom() < PLACE_MIN_ZOOM) return;
    const extent = view.calculateExtent(this.#map.getSize());
    for (const place of this.#places) {
      if (place.loaded || !ol.extent.intersects(extent, place.extent)) continue;
      place.loaded = true;
      this.#showPlace(place).catch(() => (place.loaded = false));
    }
  }

  async #showPlace(place) {
    const [districts, roads] = await Promise.all([
      readFeatures(place.districts),
      fetch(DATA + place.roads).then((response) => response.json()),
    ]);
    const districtSource = new ol.source.Vector({ features: districts, attributions: place.attribution });
    const roadSource = new ol.source.Vector({ features: roadFeatures(roads) });
    const labels = labelSource();
    labels.addFeatures(labelFeatures(districts));
    this.#add(
      new ol.layer.Vector({ source: districtSource, style: this.#districtStyle(), minZoom: PLACE_MIN_ZOOM, zIndex: 1 }),
      new ol.layer.Vector({ source: roadSource, style: this.#roadStyle, minZoom: PLACE_MIN_ZOOM, zIndex: 2, renderBuffer: 20 }),
      new ol.layer.Vector({ source: labels, style: this.#districtLabel, minZoom: DISTRICT_LABEL_MIN_ZOOM, zIndex: 4, declutter: 'district' }),
    );
  }

  #add(...layers) {
    this.#layers.push(...layers);
    for (const layer of layers) this.#map.addLayer(layer);
  }

  #repaint() {
    this.#readPalette();
    this.#styles.clear();
    for (const layer of this.#layers) layer.changed();
  }

  #readPalette() {
    for (const name of ['land', 'border', 'district', 'district-line', 'road', 'road-casing', 'map-text', 'map-text-faint', 'map-halo']) {
      this.#palette[name] = theme.color(name);
    }
  }

  #styles = new Map();

  #cached(key, make) {
    if (!this.#styles.has(key)) this.#styles.set(key, make());
    return this.#styles.get(key);
  }

  #countryStyle() {
    return () =>
      this.#cached('country', () => new Style({ fill: new Fill({ color: this.#palette.land }), stroke: new Stroke({ color: this.#palette.border, width: 0.8 }) }));
  }

  #districtStyle() {
    return () =>
      this.#cached('district', () => new Style({ fill: new Fill({ color: this.#palette.district }), stroke: new Stroke({ color: this.#palette['district-line'], width: 1, lineDash: [4, 4] }) }));
  }

  /** Casing under every road, then the roads: two styles with their own z-index make crossings look joined. */
  #roadStyle = (feature, resolution) => {
    const rank = feature.get('rank');
    const zoom = Math.round(Math.log2(156543.034 / resolution) * 2) / 2;
    if (rank === 2 && zoom < 10.5) return null;
    return this.#cached(`road${rank}@${zoom}`, () => {
      const width = [3, 2.2, 1.5][rank] * Math.max(0.55, 1.42 ** (zoom - 12.5));
      const round = { lineCap: 'round', lineJoin: 'round' };
      return [
        new Style({ stroke: new Stroke({ color: this.#palette['road-casing'], width: Math.min(width, 26) + 1.6, ...round }), zIndex: 1 }),
        new Style({ stroke: new Stroke({ color: this.#palette.road, width: Math.min(width, 26), ...round }), zIndex: 2 + (2 - rank) }),
      ];
    });
  };

  #countryLabel = (feature, resolution) => {
    // A name is shown once its country is wide enough on screen to carry it.
    const widthPx = (feature.get('size') * 111_320) / resolution;
    if (widthPx < 46) return null;
    const name = countryName(feature);
    return this.#cached(`country-label:${name}:${widthPx > 260}`, () => this.#label(name, widthPx > 260 ? 13 : 11, 500, 'map-text'));
  };

  #districtLabel = (feature) => {
    const name = feature.get('name');
    return this.#cached(`district-label:${name}`, () => this.#label(name, 11, 500, 'map-text-faint'));
  };

  #label(text, sizePx, weight, color) {
    return new Style({
      text: new Text({
        text: wrapped(text),
        font: `${weight} ${sizePx}px ${theme.color('font')}`,
        fill: new Fill({ color: this.#palette[color] }),
        stroke: new Stroke({ color: this.#palette['map-halo'], width: 2.5 }),
        padding: [6, 10, 6, 10],
      }),
    });
  }
}

function countryName(feature) {
  const code = feature.get('m49');
  if (!code || language.code === 'en') return feature.get('name');
  try {
    const { region } = new Intl.Locale(Intl.getCanonicalLocales(`und-${code}`)[0]); // 840 becomes US
    return new Intl.DisplayNames([language.code], { type: 'region', fallback: 'none' }).of(region) ?? feature.get('name');
  } catch {
    return feature.get('name');
  }
}

function wrapped(name) {
  if (name.length < 16 || !name.includes(' ')) return name;
  const middle = name.length / 2;
  const spaces = [...name.matchAll(/ /g)].map((match) => match.index);
  const best = spaces.reduce((a, b) => (Math.abs(b - middle) < Math.abs(a - middle) ? b : a));
  return `${name.slice(0, best)}\n${name.slice(best + 1)}`;
}

async function readFeatures(file) {
  const json = await (await fetch(DATA + file)).json();
  return new ol.format.GeoJSON().readFeatures(json, { featureProjection: 'EPSG:3857' });
}

function labelSource() {
  return new ol.source.Vector();
}

function labelFeatures(features) {
  return features.map((feature) => {
    const { name, label, size, m49 } = feature.getProperties();
    return new ol.Feature({ geometry: new ol.geom.Point(ol.proj.fromLonLat(label)), name, size, m49 });
  });
}

function roadFeatures(roads) {
  return roads.classes.flatMap((lines, rank) =>
    lines.map((line) => new ol.Feature({ geometry: new ol.geom.LineString(decodePolyline(line)), rank })),
  );
}

/** Google's encoded polyline: zigzag deltas of latitude and longitude in 1e-5 degrees, five bits a character. */
function decodePolyline(text) {
  const coordinates = [];
  let index = 0;
  let lat = 0;
  let lng = 0;
  const next = () => {
    let value = 0;
    for (let shift = 0, bits = 32; bits >= 32; shift += 5) {
      bits = text.charCodeAt(index++) - 63;
      value |= (bits & 31) << shift;
    }
    return value & 1 ? ~(value >> 1) : value >> 1;
  };
  while (index < text.length) {
    lat += next();
    lng += next();
    coordinates.push(ol.proj.fromLonLat([lng / 1e5, lat / 1e5]));
  }
  return coordinates;
}
