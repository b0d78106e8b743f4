// People on the map: one canvas above OpenLayers, drawn once an animation frame and only while something moves.
// A marker is one drawImage of a cached sprite and a name is another, so two thousand people at five positions a second
// cost a few milliseconds a frame; the base map below is not redrawn for them. Names are placed four times a second:
// greedily, the selected person and those already named first, so that names don't flicker.

import { theme } from '../theme.js';
import { ageOf } from '../format.js';

const GLIDE_MIN_MS = 180;
const GLIDE_MAX_MS = 2600;
const LABELS_EVERY_MS = 250;
const LABELS_KEPT = 4000;
const LABEL_LIMIT = 260;
const MARK_FADE_MS = 15 * 60_000;
const PULSE_MS = 1600;
const CROWD = 500;
const CROWD_FRAME_MS = 30;
const EARTH_RADIUS_M = 6378137;
const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

export class PeopleLayer {
  #map;
  #store;
  #session;
  #canvas = document.createElement('canvas');
  #context = this.#canvas.getContext('2d');
  #transform = null;
  #zoom = 0;
  #scale = 1;
  #width = 0;
  #height = 0;
  #animatingUntil = 0;
  #frame = 0;
  #drawnMs = 0;
  #sprites = new Map();
  #labelSprites = new Map();
  #labelled = new Map();
  #labelsPlacedMs = 0;
  #onScreen = [];
  #pulses = [];
  #colors = {};
  selectedId = null;
  hoveredId = null;
  accepts = () => true;
  onFrame = null;

  constructor(map, store, session) {
    this.#map = map;
    this.#store = store;
    this.#session = session;
    this.#canvas.className = 'people-canvas';
    const viewport = map.getViewport();
    viewport.insertBefore(this.#canvas, viewport.children[1] ?? null);
    map.on('postrender', (event) => this.#onMapRendered(event.frameState));
    store.on('positions', (members) => this.#onPositions(members));
    theme.on('changed', () => this.repaint());
    setInterval(() => this.redraw(), 1000); // ages, fading marks and people who fell silent
    this.#readColors();
  }

  /** Where a member is drawn now, in map coordinates, or null. */
  shownAt(member, nowMs = performance.now()) {
    const glide = member.glide;
    if (!glide) return null;
    const part = glide.durationMs === 0 ? 1 : Math.min(1, Math.max(0, (nowMs - glide.startMs) / glide.durationMs));
    glide.x = glide.fromX + (glide.toX - glide.fromX) * part;
    glide.y = glide.fromY + (glide.toY - glide.fromY) * part;
    return glide;
  }

  at(pixel) {
    let nearest = null;
    let nearestPx = this.#radius() + 7;
    for (const { member, x, y } of this.#onScreen) {
      const distancePx = Math.hypot(x - pixel[0], y - pixel[1]);
      if (distancePx < nearestPx) {
        nearest = member;
        nearestPx = distancePx;
      }
    }
    if (nearest) return nearest;
    for (const [member, label] of this.#labelled) {
      const box = label.box;
      if (box && pixel[0] >= box.x && pixel[0] <= box.x + box.width && pixel[1] >= box.y && pixel[1] <= box.y + box.height) return member;
    }
    return null;
  }

  pulse(place, color) {
    if (reducedMotion.matches) return;
    const [x, y] = ol.proj.fromLonLat([place.lng, place.lat]);
    this.#pulses.push({ x, y, color, startMs: performance.now() });
    this.#animateUntil(performance.now() + PULSE_MS);
  }

  repaint() {
    this.#readColors();
    this.#sprites.clear();
    this.#labelSprites.clear();
    this.#labelsPlacedMs = 0;
    this.redraw();
  }

  redraw() {
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#tick());
  }

  #onPositions(members) {
    const nowMs = performance.now();
    let untilMs = nowMs;
    for (const member of members) {
      const { lat, lng, receivedMs } = member.position;
      const toX = EARTH_RADIUS_M * ((lng * Math.PI) / 180);
      const toY = EARTH_RADIUS_M * Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
      const shown = this.shownAt(member, nowMs);
      let durationMs = 0;
      if (shown && !reducedMotion.matches) {
        const gapMs = receivedMs - (member.previousReceivedMs ?? receivedMs);
        durationMs = Math.min(GLIDE_MAX_MS, Math.max(GLIDE_MIN_MS, gapMs * 1.1));
      }
      member.glide = { fromX: shown?.x ?? toX, fromY: shown?.y ?? toY, toX, toY, x: toX, y: toY, startMs: nowMs, durationMs };
      untilMs = Math.max(untilMs, nowMs + durationMs);
    }
    this.#animateUntil(untilMs);
  }

  #animateUntil(ms) {
    this.#animatingUntil = Math.max(this.#animatingUntil, ms);
    this.redraw();
  }

  #tick() {
    this.#frame = 0;
    const nowMs = performance.now();
    // Hundreds of people crawl by a pixel a frame: half the frames look the same and leave the machine cool all day.
    if (this.#onScreen.length > CROWD && nowMs - this.#drawnMs < CROWD_FRAME_MS) {
      this.redraw();
      return;
    }
    this.#drawnMs = nowMs;
    this.#draw(nowMs);
    this.onFrame?.();
    if (nowMs < this.#animatingUntil) this.redraw();
  }

  #onMapRendered(frameState) {
    if (!frameState) return;
    const [width, height] = frameState.size;
    const ratio = frameState.pixelRatio;
    if (this.#width !== width || this.#height !== height || this.#scale !== ratio) {
      if (this.#scale !== ratio) {
        this.#sprites.clear();
        this.#labelSprites.clear();
      }
      [this.#width, this.#height, this.#scale] = [width, height, ratio];
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    this.#transform = frameState.coordinateToPixelTransform.slice();
    this.#zoom = this.#map.getView().getZoom() ?? 0;
    this.#draw(performance.now());
  }

  #draw(nowMs) {
    if (!this.#transform) return;
    const context = this.#context;
    context.setTransform(this.#scale, 0, 0, this.#scale, 0, 0);
    context.clearRect(0, 0, this.#width, this.#height);
    this.#drawMarks(context);
    this.#drawPulses(context, nowMs);
    this.#findOnScreen(nowMs);
    if (nowMs - this.#labelsPlacedMs > LABELS_EVERY_MS) this.#placeLabels(nowMs);
    this.#drawAccuracy(context);
    let last = null;
    for (const each of this.#onScreen) {
      if (each.member.id === this.selectedId) last = each;
      else this.#drawMarker(context, each);
    }
    if (last) this.#drawMarker(context, last);
    for (const each of this.#onScreen) this.#drawLabel(context, each);
  }

  #findOnScreen(nowMs) {
    const [a, b, c, d, e, f] = this.#transform;
    const serverMs = this.#session.now();
    const margin = 30;
    const found = [];
    for (const member of this.#store.members.values()) {
      const at = this.shownAt(member, nowMs);
      if (!at) continue;
      const x = a * at.x + c * at.y + e;
      const y = b * at.x + d * at.y + f;
      if (x < -margin || y < -margin || x > this.#width + margin || y > this.#height + margin) continue;
      const state = this.#store.stateOf(member, serverMs);
      if (!this.accepts(member, state)) continue;
      found.push({ member, x, y, state });
    }
    this.#onScreen = found;
  }

  #drawMarker(context, { member, x, y, state }) {
    const position = member.position;
    const moving = state === 'moving' && position.bearingDeg !== null;
    const step = moving ? Math.round(position.bearingDeg / 10) % 36 : -1;
    const selected = member.id === this.selectedId;
    const sprite = this.#sprite(state, step, selected || member.id === this.hoveredId, selected);
    const half = sprite.sizePx / 2;
    context.drawImage(sprite.canvas, x - half, y - half, sprite.sizePx, sprite.sizePx);
  }

  #radius() {
    return this.#zoom < 9 ? 4 : this.#zoom < 12 ? 5 : this.#zoom < 15 ? 6.5 : 8;
  }

  #sprite(state, step, raised, selected) {
    const radius = this.#radius() + (raised ? 2 : 0);
    const key = `${state}:${step}:${radius}:${selected}`;
    let sprite = this.#sprites.get(key);
    if (!sprite) {
      sprite = this.#paintSprite(state, step, radius, selected);
      this.#sprites.set(key, sprite);
    }
    return sprite;
  }

  #paintSprite(state, step, radius, selected) {
    const sizePx = Math.ceil(radius * 2 + 34);
    const { canvas, context } = newCanvas(sizePx, sizePx, this.#scale);
    context.translate(sizePx / 2, sizePx / 2);
    const color = this.#colors[state];
    if (selected) disc(context, radius + 9, withAlpha(color, 0.2));
    else if (state === 'suspect') disc(context, radius + 6, withAlpha(color, 0.22));
    context.shadowColor = 'rgba(15, 23, 42, 0.32)';
    context.shadowBlur = 4 * this.#scale;
    context.shadowOffsetY = 1 * this.#scale;
    disc(context, radius + 1.8, this.#colors.ring);
    context.shadowColor = 'transparent';
    if (step >= 0) this.#paintHeading(context, step * 10, radius, color);
    disc(context, radius, color);
    if (state === 'offline') disc(context, radius - 2.2, this.#colors.ring);
    if (state === 'at_site') disc(context, radius * 0.36, this.#colors.ring);
    return { canvas, sizePx };
  }

  /** A drop: the disc's two tangents meet ahead of it, ring included. */
  #paintHeading(context, bearingDeg, radius, color) {
    const drop = (discPx, tipPx) => {
      const tangent = Math.acos(discPx / tipPx);
      context.beginPath();
      context.moveTo(0, -tipPx);
      context.lineTo(discPx * Math.sin(tangent), -discPx * Math.cos(tangent));
      context.lineTo(-discPx * Math.sin(tangent), -discPx * Math.cos(tangent));
      context.closePath();
    };
    context.save();
    context.rotate((bearingDeg * Math.PI) / 180);
    context.lineJoin = 'round';
    drop(radius, radius + 6.5);
    context.strokeStyle = this.#colors.ring;
    context.lineWidth = 3.6;
    context.stroke();
    context.fillStyle = color;
    context.fill();
    context.restore();
  }

  #drawAccuracy(context) {
    const unitPx = Math.hypot(this.#transform[0], this.#transform[1]);
    for (const { member, x, y, state } of this.#onScreen) {
      const { accuracyM, lat } = member.position;
      const chosen = member.id === this.selectedId || member.id === this.hoveredId;
      if (!accuracyM || !(chosen || this.#zoom >= 16)) continue;
      const radiusPx = (accuracyM / Math.cos((lat * Math.PI) / 180)) * unitPx;
      if (radiusPx < this.#radius() + 2 || radiusPx > 4000) continue;
      context.beginPath();
      context.arc(x, y, radiusPx, 0, 2 * Math.PI);
      context.fillStyle = withAlpha(this.#colors[state], 0.1);
      context.strokeStyle = withAlpha(this.#colors[state], 0.45);
      context.lineWidth = 1;
      context.fill();
      context.stroke();
    }
  }

  #placeLabels(nowMs) {
    this.#labelsPlacedMs = nowMs;
    const few = this.#onScreen.length <= 70;
    const before = this.#labelled;
    this.#labelled = new Map();
    const grid = new BoxGrid();
    const radius = this.#radius();
    for (const { member, x, y } of this.#onScreen) grid.add({ x: x - radius, y: y - radius, width: 2 * radius, height: 2 * radius, owner: member });
    const rank = ({ member, state }) =>
      (member.id === this.selectedId ? 0 : member.id === this.hoveredId ? 1 : state === 'suspect' ? 2 : before.has(member) ? 3 : 4) * 10 + (state === 'offline' ? 1 : 0);
    const wanted = this.#onScreen
      .filter((each) => few || this.#zoom >= 10.5 || each.member.id === this.selectedId || each.member.id === this.hoveredId)
      .map((each) => ({ each, rank: rank(each) }))
      .sort((p, q) => p.rank - q.rank);
    for (const { each } of wanted) {
      if (this.#labelled.size >= LABEL_LIMIT) break;
      const chosen = each.member.id === this.selectedId || each.member.id === this.hoveredId;
      const sprite = this.#labelSprite(this.#labelText(each.member, chosen), chosen);
      const gap = radius + (each.state === 'moving' ? 6 : 3);
      const sides = [gap, -gap - sprite.width];
      if (before.get(each.member)?.offset < 0) sides.reverse();
      for (const offset of sides) {
        const box = { x: each.x + offset, y: each.y - sprite.height / 2, width: sprite.width, height: sprite.height, owner: each.member };
        if (!chosen && grid.collides(box)) continue;
        grid.add(box);
        this.#labelled.set(each.member, { sprite, offset, box });
        break;
      }
    }
  }

  #labelText(member, chosen) {
    if (!chosen && this.#zoom < 15) return member.name;
    return `${member.name}\u2002${ageOf(this.#session.now() - member.position.receivedMs)}`;
  }

  #drawLabel(context, { member, x, y }) {
    const label = this.#labelled.get(member);
    if (!label) return;
    const { sprite, offset, box } = label;
    box.x = x + offset;
    box.y = y - sprite.height / 2;
    context.drawImage(sprite.canvas, box.x, box.y, sprite.width, sprite.height);
  }

  #labelSprite(text, chosen) {
    const key = `${chosen}:${text}`;
    let sprite = this.#labelSprites.get(key);
    if (sprite) return sprite;
    if (this.#labelSprites.size > LABELS_KEPT) this.#labelSprites.clear();
    const font = `${chosen ? 600 : 500} 11.5px ${this.#colors.font}`;
    this.#context.font = font;
    const [name, age] = text.split('\u2002');
    const nameWidth = this.#context.measureText(name).width;
    const ageWidth = age ? this.#context.measureText(age).width + 6 : 0;
    const width = Math.ceil(nameWidth + ageWidth + 8);
    const { canvas, context } = newCanvas(width, 18, this.#scale);
    context.font = font;
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 4;
    context.strokeStyle = this.#colors.halo;
    for (const [word, at, color] of [[name, 4, this.#colors.text], [age, 4 + nameWidth + 6, this.#colors.faint]]) {
      if (!word) continue;
      context.strokeText(word, at, 9.5);
      context.fillStyle = color;
      context.fillText(word, at, 9.5);
    }
    sprite = { canvas, width, height: 18 };
    this.#labelSprites.set(key, sprite);
    return sprite;
  }

  #drawMarks(context) {
    const serverMs = this.#session.now();
    const [a, b, c, d, e, f] = this.#transform;
    if (this.#zoom < 8.5) return;
    for (const punch of this.#store.punchMarks()) {
      const left = 1 - (serverMs - punch.receivedMs) / MARK_FADE_MS;
      if (left <= 0) continue;
      punch.xy ??= ol.proj.fromLonLat([punch.place.lng, punch.place.lat]);
      const [mx, my] = punch.xy;
      const x = a * mx + c * my + e;
      const y = b * mx + d * my + f;
      if (x < -20 || y < -20 || x > this.#width + 20 || y > this.#height + 20) continue;
      const sprite = this.#markSprite(punch.verdict);
      context.globalAlpha = Math.min(1, 0.25 + 0.75 * left);
      context.drawImage(sprite.canvas, x - 11, y - 11, 22, 22);
    }
    context.globalAlpha = 1;
  }

  #markSprite(verdict) {
    const key = `mark:${verdict}`;
    let sprite = this.#sprites.get(key);
    if (sprite) return sprite;
    const { canvas, context } = newCanvas(22, 22, this.#scale);
    context.translate(11, 11);
    context.save();
    context.rotate(Math.PI / 4);
    context.fillStyle = this.#colors[verdict] ?? this.#colors.unverified;
    context.strokeStyle = this.#colors.ring;
    context.lineWidth = 1.6;
    context.beginPath();
    context.roundRect(-6, -6, 12, 12, 2.6);
    context.fill();
    context.stroke();
    context.restore();
    context.strokeStyle = '#fff';
    context.lineWidth = 1.6;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.stroke(new Path2D(verdict === 'verified' ? 'M-3 .2-.8 2.4 3-2' : verdict === 'invalid' ? 'M-2.3-2.3 2.3 2.3M2.3-2.3-2.3 2.3' : 'M0-3.4V.6M0 3.2v.1'));
    sprite = { canvas };
    this.#sprites.set(key, sprite);
    return sprite;
  }

  #drawPulses(context, nowMs) {
    const [a, b, c, d, e, f] = this.#transform;
    this.#pulses = this.#pulses.filter((pulse) => nowMs - pulse.startMs < PULSE_MS);
    for (const pulse of this.#pulses) {
      const part = (nowMs - pulse.startMs) / PULSE_MS;
      const x = a * pulse.x + c * pulse.y + e;
      const y = b * pulse.x + d * pulse.y + f;
      context.beginPath();
      context.arc(x, y, 8 + 30 * (1 - (1 - part) ** 2), 0, 2 * Math.PI);
      context.strokeStyle = withAlpha(this.#colors[pulse.color], 0.75 * (1 - part));
      context.lineWidth = 2.2;
      context.stroke();
    }
  }

  #readColors() {
    for (const state of ['moving', 'still', 'at_site', 'offline', 'suspect', 'verified', 'unverified', 'invalid']) {
      this.#colors[state] = theme.color(state.replace('_', '-'));
    }
    this.#colors.ring = theme.color('marker-ring');
    this.#colors.text = theme.color('marker-text');
    this.#colors.faint = theme.color('text-faint');
    this.#colors.halo = theme.color('map-halo');
    this.#colors.font = theme.color('font');
  }
}

/** Boxes by the 64-pixel cells they touch, to ask whether a new one would cover another. */
class BoxGrid {
  #cells = new Map();

  add(box) {
    for (const key of this.#keys(box)) {
      const cell = this.#cells.get(key);
      if (cell) cell.push(box);
      else this.#cells.set(key, [box]);
    }
  }

  collides(box) {
    for (const key of this.#keys(box)) {
      for (const other of this.#cells.get(key) ?? []) {
        if (other.owner !== box.owner && box.x < other.x + other.width && other.x < box.x + box.width && box.y < other.y + other.height && other.y < box.y + box.height) return true;
      }
    }
    return false;
  }

  #keys(box) {
    const keys = [];
    for (let x = box.x >> 6; x <= (box.x + box.width) >> 6; x++) {
      for (let y = box.y >> 6; y <= (box.y + box.height) >> 6; y++) keys.push(x * 100_003 + y);
    }
    return keys;
  }
}

function newCanvas(width, height, scale) {
  const canvas = document.createElement('canvas');
  canvas.width = Math.ceil(width * scale);
  canvas.height = Math.ceil(height * scale);
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  return { canvas, context };
}

function disc(context, radius, color) {
  if (radius <= 0) return;
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
}

export function withAlpha(hex, alpha) {
  const value = parseInt(hex.slice(1), 16);
  return `rgba(${value >> 16}, ${(value >> 8) & 255}, ${value & 255}, ${alpha})`;
}
