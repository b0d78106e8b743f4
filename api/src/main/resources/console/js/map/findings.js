// What is drawn because something is being looked at: a person's track, and the evidence of an alert (the punch's place,
// its accuracy, the nearest site, the line between with its length, a jump's two ends).

import { theme } from '../theme.js';
import { distance } from '../format.js';
import { circleOf, fenceFeature } from './fences.js';

const CIRCLES_SHOWN = 120;
const { Style, Fill, Stroke, Text, Circle, RegularShape } = ol.style;

export class Findings {
  #track = new ol.source.Vector();
  #evidence = new ol.source.Vector();
  #replay = new ol.source.Vector();
  #map;

  constructor(map) {
    this.#map = map;
    map.addLayer(new ol.layer.Vector({ source: this.#track, style: trackStyle, zIndex: 6 }));
    map.addLayer(new ol.layer.Vector({ source: this.#evidence, style: evidenceStyle, zIndex: 8 }));
    map.addLayer(new ol.layer.Vector({ source: this.#replay, style: replayStyle, zIndex: 9, updateWhileAnimating: true, updateWhileInteracting: true }));
    theme.on('changed', () => map.getLayers().forEach((layer) => layer.changed()));
  }

  /** Draws a track of {lat, lng, atMs} points in time order; a long silence breaks the line. */
  showTrack(points) {
    this.#track.clear();
    const pieces = [];
    for (const point of points) {
      const previous = pieces.at(-1)?.at(-1);
      if (!previous || (point.atMs && previous.atMs && point.atMs - previous.atMs > 20 * 60_000)) pieces.push([]);
      pieces.at(-1).push(point);
    }
    for (const piece of pieces) {
      const line = piece.map((point) => ol.proj.fromLonLat([point.lng, point.lat]));
      if (line.length > 1) this.#track.addFeature(new ol.Feature({ geometry: new ol.geom.LineString(line), role: 'track' }));
    }
    for (const point of points.slice(-400)) {
      this.#track.addFeature(new ol.Feature({ geometry: new ol.geom.Point(ol.proj.fromLonLat([point.lng, point.lat])), role: 'track-point' }));
    }
    const first = points[0];
    if (first) this.#track.addFeature(new ol.Feature({ geometry: new ol.geom.Point(ol.proj.fromLonLat([first.lng, first.lat])), role: 'track-start' }));
  }

  clearTrack() {
    this.#track.clear();
    this.#replay.clear();
  }

  /** What shows the whole track, or null. */
  trackExtent() {
    return this.#track.getFeatures().length ? this.#track.getExtent() : null;
  }

  /** Marks where somebody was at the moment that is replayed; null takes the mark away. */
  showReplay(place, kind) {
    const known = this.#replay.getFeatures()[0];
    if (!place) {
      this.#replay.clear();
      return;
    }
    const at = ol.proj.fromLonLat([place.lng, place.lat]);
    if (known) {
      known.getGeometry().setCoordinates(at);
      if (known.get('kind') !== kind) known.set('kind', kind);
    } else {
      this.#replay.addFeature(new ol.Feature({ geometry: new ol.geom.Point(at), kind }));
    }
  }

  clearEvidence() {
    this.#evidence.clear();
  }

  /**
   * Draws an alert's evidence; {@code site} is a GeoJSON fence or null, {@code jump} two places or null, {@code track} the
   * fixes around it, {@code people} others who were near.
   * Returns the extent that shows all of it.
   */
  showEvidence({ place, accuracyM, site, jump, track = [], people = [], color }) {
    this.#evidence.clear();
    const add = (geometry, role, more = {}) => this.#evidence.addFeature(new ol.Feature({ geometry, role, color, ...more }));
    const at = place && ol.proj.fromLonLat([place.lng, place.lat]);
    const every = Math.max(1, Math.ceil(track.length / CIRCLES_SHOWN));
    track.forEach((point, index) => {
      if (point.accuracyM && index % every === 0) add(circleOf(point.lat, point.lng, point.accuracyM), 'blur');
    });
    if (site) {
      const feature = fenceFeature(site);
      const shape = feature.getGeometry();
      add(shape, 'site', { name: site.properties?.name });
      if (at && !shape.intersectsCoordinate(at)) {
        const edge = shape.getClosestPoint(at);
        const line = new ol.geom.LineString([at, edge]);
        add(line, 'line', { label: distance(ol.sphere.getLength(line)) });
      }
    }
    if (jump) {
      const ends = jump.map((end) => ol.proj.fromLonLat([end.lng, end.lat]));
      const line = new ol.geom.LineString(ends);
      add(line, 'jump', { label: distance(ol.sphere.getLength(line)) });
      add(new ol.geom.Point(ends[0]), 'end');
      if (!at) add(new ol.geom.Point(ends[1]), 'pin');
    }
    if (place && accuracyM) add(circleOf(place.lat, place.lng, accuracyM), 'accuracy');
    for (const person of people) add(new ol.geom.Point(ol.proj.fromLonLat([person.lng, person.lat])), 'person', { name: person.name });
    if (at) add(new ol.geom.Point(at), 'pin');
    const features = this.#evidence.getFeatures();
    return features.length ? this.#evidence.getExtent() : null;
  }
}

const REPLAY_COLORS = { stop: 'still', leg: 'moving', gap: 'offline' };

function replayStyle(feature) {
  const color = theme.color(REPLAY_COLORS[feature.get('kind')] ?? 'accent');
  return [
    new Style({ image: new Circle({ radius: 16, fill: new Fill({ color: `${color}33` }) }) }),
    new Style({ image: new Circle({ radius: 8, fill: new Fill({ color }), stroke: new Stroke({ color: theme.color('marker-ring'), width: 3 }) }) }),
  ];
}

function trackStyle(feature, resolution) {
  const color = theme.color('accent');
  switch (feature.get('role')) {
    case 'track':
      return [
        new Style({ stroke: new Stroke({ color: theme.color('marker-ring'), width: 5.5, lineCap: 'round', lineJoin: 'round' }) }),
        new Style({ stroke: new Stroke({ color, width: 3, lineCap: 'round', lineJoin: 'round' }) }),
      ];
    case 'track-point':
      return resolution > 8 ? null : new Style({ image: new Circle({ radius: 2.6, fill: new Fill({ color: theme.color('marker-ring') }), stroke: new Stroke({ color, width: 1.4 }) }) });
    default:
      return new Style({ image: new Circle({ radius: 5, fill: new Fill({ color: theme.color('marker-ring') }), stroke: new Stroke({ color, width: 2.6 }) }) });
  }
}

function evidenceStyle(feature) {
  const color = feature.get('color');
  const ring = theme.color('marker-ring');
  switch (feature.get('role')) {
    case 'site':
      return new Style({
        fill: new Fill({ color: theme.color('fence-fill-hot') }),
        stroke: new Stroke({ color: theme.color('fence-line-hot'), width: 2 }),
        text: words(feature.get('name') ?? '', theme.color('fence-text'), 0),
      });
    case 'accuracy':
      return new Style({ fill: new Fill({ color: `${color}1f` }), stroke: new Stroke({ color: `${color}88`, width: 1 }) });
    case 'blur':
      return new Style({ fill: new Fill({ color: `${theme.color('accent')}0d` }), stroke: new Stroke({ color: `${theme.color('accent')}40`, width: 1 }) });
    case 'person':
      return new Style({
        image: new Circle({ radius: 5.5, fill: new Fill({ color: theme.color('still') }), stroke: new Stroke({ color: ring, width: 2 }) }),
        text: words(feature.get('name') ?? '', theme.color('marker-text'), 15),
      });
    case 'line':
    case 'jump':
      return [
        new Style({ stroke: new Stroke({ color: ring, width: 4.5 }) }),
        new Style({ stroke: new Stroke({ color, width: 2, lineDash: [6, 5] }) }),
        new Style({ geometry: middleOf, text: pill(feature.get('label'), color) }),
      ];
    case 'end':
      return new Style({ image: new Circle({ radius: 5, fill: new Fill({ color: ring }), stroke: new Stroke({ color, width: 2.5 }) }) });
    default:
      return [
        new Style({ image: new RegularShape({ points: 4, radius: 12.5, angle: 0, fill: new Fill({ color: ring }) }) }),
        new Style({ image: new RegularShape({ points: 4, radius: 9.8, angle: 0, fill: new Fill({ color }) }) }),
        new Style({ image: new Circle({ radius: 2.2, fill: new Fill({ color: '#fff' }) }) }),
      ];
  }
}

function middleOf(feature) {
  return new ol.geom.Point(feature.getGeometry().getCoordinateAt(0.5));
}

function words(text, color, offsetY) {
  return new Text({ text, font: `600 12px ${theme.color('font')}`, fill: new Fill({ color }), stroke: new Stroke({ color: theme.color('map-halo'), width: 3 }), overflow: true, offsetY });
}

function pill(text, color) {
  return new Text({
    text,
    font: `600 11.5px ${theme.color('font')}`,
    fill: new Fill({ color: '#fff' }),
    backgroundFill: new Fill({ color }),
    backgroundStroke: new Stroke({ color, width: 3, lineJoin: 'round' }),
    padding: [1, 4, 0, 5],
  });
}
