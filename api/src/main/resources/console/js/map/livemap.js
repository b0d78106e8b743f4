// The map as the rest of the console sees it: show a person, show a place, fit everyone, say what is under the pointer.

import { Basemap } from './basemap.js';
import { Fences } from './fences.js';
import { Findings } from './findings.js';
import { PeopleLayer } from './people.js';
import { Emitter } from '../events.js';

const MOVE_MS = 450;
const EASE = ol.easing.easeOut;

export class LiveMap extends Emitter {
  map;
  people;
  fences;
  findings;
  padding = [60, 60, 60, 60];
  /** Clicks belong to whoever draws. */
  editing = false;
  #fitted = false;
  #store;
  #following = null;

  constructor(element, store, session, config) {
    super();
    this.#store = store;
    this.map = new ol.Map({
      target: element,
      controls: [new ol.control.Attribution({ collapsible: false }), new ol.control.ScaleLine({ minWidth: 70 })],
      interactions: ol.interaction.defaults.defaults({ altShiftDragRotate: false, pinchRotate: false, zoomDuration: 180 }),
      view: new ol.View({ center: ol.proj.fromLonLat([10, 25]), zoom: 2.6, minZoom: 2, maxZoom: 20, enableRotation: false, extent: ol.proj.transformExtent([-200, -78, 200, 84], 'EPSG:4326', 'EPSG:3857'), showFullExtent: true }),
      keyboardEventTarget: element,
      maxTilesLoading: 12,
    });
    new Basemap(this.map).show(config).catch((error) => console.error('base map not loaded', error));
    this.fences = new Fences(this.map, session, () => this.emit('fences'));
    this.findings = new Findings(this.map);
    this.people = new PeopleLayer(this.map, store, session);
    this.people.onFrame = () => this.#keepFollowed();
    this.#listenToPointer(element);
    store.on('positions', () => this.#fitted || this.fitOnce());
  }

  /** The first picture: everybody, unless the user has moved the map already. */
  fitOnce() {
    const view = this.map.getView();
    if (!this.map.getSize()) return;
    const extent = this.#everyone();
    if (!extent) return;
    this.#fitted = true;
    view.fit(extent, { padding: this.padding, maxZoom: 14 });
  }

  fit() {
    const extent = this.#everyone();
    this.unfollow();
    if (extent) this.map.getView().fit(extent, { padding: this.padding, maxZoom: 15, duration: MOVE_MS, easing: EASE });
  }

  /**
   * The extent of the people shown. One phone that reports from another continent must not shrink a city to a dot: with
   * enough people the outermost two in a hundred at each side are left out when they alone double the extent.
   */
  #everyone() {
    const at = [...this.#store.members.values()].filter((member) => member.glide && this.people.accepts(member, this.#store.stateOf(member)));
    if (!at.length) return null;
    const xs = at.map((member) => member.glide.toX).sort((p, q) => p - q);
    const ys = at.map((member) => member.glide.toY).sort((p, q) => p - q);
    const cut = at.length >= 20 ? Math.ceil(at.length * 0.02) : 0;
    const span = (values) => {
      const [low, high] = [values[cut], values[values.length - 1 - cut]];
      const all = values.at(-1) - values[0];
      return all > 2 * (high - low) + 20_000 ? [low, high] : [values[0], values.at(-1)];
    };
    const [west, east] = span(xs);
    const [south, north] = span(ys);
    return ol.extent.buffer([west, south, east, north], 300);
  }

  zoomBy(delta) {
    const view = this.map.getView();
    view.animate({ zoom: view.getZoom() + delta, duration: 200, easing: EASE });
  }

  showPlace({ lat, lng }, minZoom = 15) {
    this.unfollow();
    const view = this.map.getView();
    const zoom = Math.min(Math.max(view.getZoom(), minZoom), 16.5);
    view.animate({ center: ol.proj.fromLonLat([lng, lat]), zoom, duration: MOVE_MS, easing: EASE });
  }

  showExtent(extent, padding = [90, 90, 90, 90]) {
    this.unfollow();
    const isPlace = Math.max(ol.extent.getWidth(extent), ol.extent.getHeight(extent)) < 150;
    this.map.getView().fit(ol.extent.buffer(extent, 60), { padding, maxZoom: isPlace ? 15 : 17, duration: MOVE_MS, easing: EASE });
  }

  /** Moves the map only when a place would leave it, or lie under what covers its lower part. */
  keepInView({ lat, lng }, coveredPx = 0) {
    const view = this.map.getView();
    if (view.getAnimating() || view.getInteracting()) return;
    const at = ol.proj.fromLonLat([lng, lat]);
    const pixel = this.map.getPixelFromCoordinate(at);
    const [width, height] = this.map.getSize();
    const seen = pixel && pixel[0] > 40 && pixel[0] < width - 40 && pixel[1] > 40 && pixel[1] < height - coveredPx - 40;
    if (!seen) view.animate({ center: [at[0], at[1] - (coveredPx / 2) * view.getResolution()], duration: 350, easing: EASE });
  }

  showMember(member, minZoom = 14) {
    if (member.position) this.showPlace(member.position, minZoom);
  }

  select(id) {
    this.people.selectedId = id;
    this.people.repaint();
  }

  follow(id) {
    this.#following = id;
    this.emit('follow', id);
  }

  unfollow() {
    if (this.#following) this.follow(null);
  }

  get followed() {
    return this.#following;
  }

  #keepFollowed() {
    const member = this.#following && this.#store.members.get(this.#following);
    const view = this.map.getView();
    if (!member?.glide || view.getAnimating() || view.getInteracting()) return;
    const at = this.people.shownAt(member);
    const pixel = this.map.getPixelFromCoordinate([at.x, at.y]);
    const [width, height] = this.map.getSize();
    const off = !pixel || Math.abs(pixel[0] - width / 2) > width * 0.25 || Math.abs(pixel[1] - height / 2) > height * 0.25;
    if (off) view.animate({ center: [at.x, at.y], duration: 700, easing: ol.easing.inAndOut });
  }

  #listenToPointer(element) {
    this.map.on('pointermove', (event) => {
      if (event.dragging || this.editing) {
        this.emit('hover', null);
        return;
      }
      const member = this.people.at(event.pixel);
      const fence = member ? null : this.fences.at(event.pixel);
      this.fences.hover(fence);
      if (this.people.hoveredId !== (member?.id ?? null)) {
        this.people.hoveredId = member?.id ?? null;
        this.people.redraw();
      }
      element.classList.toggle('pointing', Boolean(member || fence));
      this.emit('hover', member || fence ? { member, fence, pixel: event.pixel } : null);
    });
    element.addEventListener('pointerleave', () => {
      this.people.hoveredId = null;
      this.fences.hover(null);
      this.emit('hover', null);
    });
    this.map.on('pointerdrag', () => {
      this.#fitted = true;
      this.unfollow();
    });
    this.map.on('click', (event) => {
      if (this.editing) return;
      const member = this.people.at(event.pixel);
      this.emit('click', { member, fence: member ? null : this.fences.at(event.pixel), coordinate: event.coordinate });
    });
  }
}
