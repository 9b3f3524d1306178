import { printable } from '../../core/format/text.js';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for XML and HTML, in an element or a quoted attribute. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, char => ENTITIES[char]!);
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; its content must be markup. Numbers are rounded to two decimals. */
export function tag(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escaped(value!)}"`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A text element; the text is escaped here. */
export function label(text: string, x: number, y: number, attributes: Attributes = {}): string {
  return tag('text', { x, y, ...INK, ...attributes }, escaped(text) || '&#160;');
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Attributes rather than style sheets: every program that draws SVG supports them. A page overrides them by class. */
export const INK = { class: 'ink', fill: '#1d2126' };
export const MUTED = { class: 'muted', fill: '#5b6470' };
export const GRID = { class: 'grid', stroke: '#e3e6ea', 'stroke-width': 1 };
export const FRAME = { class: 'frame', stroke: '#8a929e', 'stroke-width': 1, fill: 'none' };
export const RTT = { class: 'rtt', stroke: '#1f5f9f', fill: 'none', 'stroke-linecap': 'round' };
export const CLOCK = { class: 'clock', stroke: '#7a4fa3', fill: 'none', 'stroke-linecap': 'round' };
export const FRAMES = { class: 'frames', stroke: '#0d6e6e', fill: 'none' };
export const LOSS = { class: 'loss', stroke: '#b3202a', fill: 'none' };
export const STOP = { class: 'stop', stroke: '#1d2126', fill: 'none' };
export const VIEWER = { class: 'viewer', stroke: '#8a5a00', fill: 'none' };
export const HATCH = {
  ground: { class: 'hatch-ground', fill: '#f1f3f5' },
  strokes: { class: 'hatch', stroke: '#b4bbc5', 'stroke-width': 1, fill: 'none' },
};

/** The band of each light; heights differ, so that the band is readable without colours. */
export const LIGHTS = {
  green: { class: 'green', fill: '#2f8f57', height: 3 },
  amber: { class: 'amber', fill: '#d99a00', height: 7 },
  red: { class: 'red', fill: '#c8242c', height: 11 },
} as const;

export const FONT = {
  'font-family': "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
  'font-size': 11,
};
