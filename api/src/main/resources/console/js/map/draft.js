// The one fence that is being drawn or changed on the map, and the point that is asked about. Shapes are kept as the server
// knows them: polygons in degrees, circles and bands with their metres.

import { theme } from '../theme.js';
import { Emitter } from '../events.js';
import { circleOf, corridorOf, fenceFeature } from './fences.js';

const { Style, Fill, Stroke, Circle } = ol.style;
const DRAWN = { polygon: 'Polygon', circle: 'Circle', corridor: 'LineString' };
const GEOJSON = new ol.format.GeoJSON({ featureProjection: 'EPSG:3857', dataProjection: 'EPSG:4326' });
const DECIMALS = 7;

export class Draft extends Emitter {
  #map;
  #source = new ol.source.Vector();
  #layer;
  #interactions = [];
  #onClick = null;
  #draw = null;
  #radiusM = null;
  kind = null;
  halfWidthM = 25;
  /** Grows by each change that the user makes. */
  revision = 0;
  /** Whether a shape is begun and not yet ended. */
  drawing = false;

  constructor(map) {
    super();
    this.#map = map;
    this.#layer = new ol.layer.Vector({ source: this.#source, style: (feature) => this.#style(feature), zIndex: 40, updateWhileInteracting: true });
    map.addLayer(this.#layer);
  }

  /** Lets the user draw a shape, in the place of whatever is there. */
  draw(kind) {
    this.clear();
    this.kind = kind;
    const draw = new ol.interaction.Draw({ source: this.#source, type: DRAWN[kind], style: (feature) => this.#style(feature) });
    const begun = (drawing) => {
      this.drawing = drawing;
      this.emit('changed');
    };
    draw.on('drawstart', () => begun(true));
    draw.on('drawabort', () => begun(false));
    draw.on('drawend', ({ feature }) => {
      this.drawing = false;
      this.revision++;
      this.#measure(feature.getGeometry());
      // Within its own event an interaction must not be taken away.
      setTimeout(() => {
        if (draw === this.#draw) this.#take(feature);
      });
    });
    this.#draw = draw;
    this.#add(draw);
  }

  /** Takes back the vertex that was set last; a circle, and a shape of one vertex, as a whole. */
  undo() {
    if (!this.drawing) return;
    if (this.kind === 'circle') this.#draw.abortDrawing();
    else this.#draw.removeLastPoint();
  }

  /** Gives up what is begun; false when there is nothing. */
  endDrawing() {
    if (!this.drawing) return false;
    this.#draw.abortDrawing();
    return true;
  }

  /** Takes a fence as the server has it, to be changed or only looked at. */
  edit(row, mayChange = true) {
    this.clear();
    const { type } = row.geometry;
    this.kind = type === 'Point' ? 'circle' : type === 'LineString' ? 'corridor' : 'polygon';
    this.halfWidthM = row.properties.half_width_m ?? this.halfWidthM;
    const feature = this.kind === 'corridor' ? GEOJSON.readFeature({ type: 'Feature', geometry: row.geometry, properties: {} }) : new ol.Feature(fenceFeature(row).getGeometry());
    this.#radiusM = row.properties.radius_m ?? null;
    this.#source.addFeature(feature);
    if (mayChange) this.#take(feature);
  }

  #take(feature) {
    if (!this.kind) return;
    this.#drop();
    const modify = new ol.interaction.Modify({ source: this.#source });
    const geometry = feature.getGeometry();
    let from = null;
    modify.on('modifystart', () => (from = this.kind === 'circle' ? geometry.getRadius() : null));
    modify.on('modifyend', () => {
      this.revision++;
      // Who drags the centre, or presses without dragging, keeps the metres that were given.
      if (from !== null && from === geometry.getRadius()) this.#rescale();
      else this.#measure(geometry);
      this.emit('changed');
    });
    this.#add(modify);
    this.#add(new ol.interaction.Snap({ source: this.#source }));
    feature.changed();
    this.emit('changed');
  }

  /** Asks for points, one a click. */
  ask(onPoint) {
    this.clear();
    this.#onClick = (event) => {
      const [lng, lat] = ol.proj.toLonLat(event.coordinate);
      this.mark({ lat, lng });
      onPoint({ lat, lng });
    };
    this.#map.on('click', this.#onClick);
  }

  mark({ lat, lng }) {
    this.#source.clear();
    this.#source.addFeature(new ol.Feature(new ol.geom.Point(ol.proj.fromLonLat([lng, lat]))));
  }

  /** The metres of a circle as they were given, or as they were drawn. */
  get radiusM() {
    return this.#radiusM;
  }

  setRadius(meters) {
    if (this.kind !== 'circle' || !this.#geometry() || !(meters > 0)) return;
    this.revision++;
    this.#radiusM = meters;
    this.#rescale();
  }

  /** The map stretches towards the poles: where the centre lies decides how large the same metres are. */
  #rescale() {
    const geometry = this.#geometry();
    const [lng, lat] = ol.proj.toLonLat(geometry.getCenter());
    geometry.setRadius(circleOf(lat, lng, this.#radiusM).getRadius());
  }

  #measure(geometry) {
    if (this.kind !== 'circle') return;
    const [, lat] = ol.proj.toLonLat(geometry.getCenter());
    this.#radiusM = Math.round(geometry.getRadius() * Math.cos((lat * Math.PI) / 180) * 10) / 10;
  }

  setHalfWidth(meters) {
    if (!(meters > 0)) return;
    this.revision++;
    this.halfWidthM = meters;
    this.#source.changed();
  }

  /** Geometry and the metres that belong to it, or null before it is drawn. */
  shape() {
    const geometry = this.#geometry();
    if (!geometry) return null;
    if (this.kind === 'circle') {
      const [lng, lat] = ol.proj.toLonLat(geometry.getCenter());
      return { geometry: { type: 'Point', coordinates: [round(lng), round(lat)] }, properties: { radius_m: this.radiusM } };
    }
    const written = GEOJSON.writeGeometryObject(geometry, { featureProjection: 'EPSG:3857', decimals: DECIMALS, rightHanded: true });
    return { geometry: written, properties: this.kind === 'corridor' ? { half_width_m: this.halfWidthM } : {} };
  }

  extent() {
    return this.#source.getFeatures().length ? this.#source.getExtent() : null;
  }

  clear() {
    this.#drop();
    this.#source.clear();
    this.kind = null;
    this.#radiusM = null;
  }

  dispose() {
    this.clear();
    this.#map.removeLayer(this.#layer);
  }

  #geometry() {
    return this.kind ? this.#source.getFeatures()[0]?.getGeometry() : null;
  }

  #add(interaction) {
    this.#map.addInteraction(interaction);
    this.#interactions.push(interaction);
  }

  #drop() {
    this.#interactions.splice(0).forEach((interaction) => this.#map.removeInteraction(interaction));
    this.#draw = null;
    this.drawing = false;
    if (this.#onClick) this.#map.un('click', this.#onClick);
    this.#onClick = null;
  }

  #style(feature) {
    const geometry = feature.getGeometry();
    const line = theme.color('accent');
    const dot = new Circle({ radius: 5, fill: new Fill({ color: theme.color('bg') }), stroke: new Stroke({ color: line, width: 2 }) });
    const styles = [
      new Style({ fill: new Fill({ color: theme.color('fence-fill-hot') }), stroke: new Stroke({ color: line, width: 2 }), image: dot }),
      new Style({ image: dot, geometry: new ol.geom.MultiPoint(vertices(geometry)) }),
    ];
    // The line of a polygon that is being drawn has no band, nor has one whose points are still one.
    if (this.kind === 'corridor' && geometry.getType() === 'LineString' && geometry.getLength() > 0) {
      const band = corridorOf(geometry.getCoordinates().map((at) => ol.proj.toLonLat(at)), this.halfWidthM);
      styles.unshift(new Style({ geometry: band, fill: new Fill({ color: theme.color('fence-fill-hot') }), stroke: new Stroke({ color: line, width: 1 }) }));
    }
    return styles;
  }
}

function vertices(geometry) {
  switch (geometry.getType()) {
    case 'LineString':
      return geometry.getCoordinates();
    case 'Polygon':
      return geometry.getCoordinates().flat();
    case 'MultiPolygon':
      return geometry.getCoordinates().flat(2);
    default:
      return [];
  }
}

function round(degrees) {
  return Number(degrees.toFixed(DECIMALS));
}
