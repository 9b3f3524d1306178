import { printable } from '../../core/format/text.js';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text from anywhere as it may stand in XML and HTML, in an element or a quoted attribute. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, char => ENTITIES[char]!);
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element; its content must be markup already. Numbers keep two places. */
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

/** Attributes rather than style sheets: every program that draws SVG knows them. A page overrides them by class. */
export const INK = { class: 'ink', fill: '#1d2126' };
export const MUTED = { class: 'muted', fill: '#5b6470' };
export const GRID = { class: 'grid', stroke: '#d9dde3', 'stroke-width': 1 };
export const FRAME = { class: 'frame', stroke: '#8a929e', 'stroke-width': 1, fill: 'none' };
export const RTT = { class: 'rtt', stroke: '#1f5f9f', fill: 'none' };
export const DOT = { class: 'dot', fill: '#1f5f9f' };
export const LOSS = { class: 'loss', stroke: '#b3202a', fill: 'none' };

/** By light; also by height, so that the band reads without colours. */
export const LIGHTS = {
  green: { class: 'green', fill: '#2f8f57', height: 3 },
  amber: { class: 'amber', fill: '#d99a00', height: 7 },
  red: { class: 'red', fill: '#c8242c', height: 11 },
} as const;

export const FONT = {
  'font-family': "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif",
  'font-size': 11,
};
