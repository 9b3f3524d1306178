import type { Style } from './spans.js';

/** SGR parameters (ECMA-48) of each style; empty where it looks like plain text. */
export type Palette = Readonly<Record<Style, string>>;

/**
 * A theme in two sets of colours: `few` are the eight of ECMA-48, where bold means bright, as on the Linux console and
 * in xterm; `many` are those of the 6×6×6 cube and the greys of xterm-256color, which no terminal lets a user redefine.
 * Text has a contrast of at least 4.5 (WCAG 2.2, 1.4.3) on what the theme assumes behind it.
 */
export interface Theme {
  summary: string;
  few: Palette;
  many: Palette;
}

export const MONOCHROME: Palette = {
  ...{ plain: '', dim: '', strong: '1', badge: '7' },
  ...{ green: '', amber: '', red: '1', data: '', notice: '1' },
};

const cube = (color: number) => `38;5;${color}`;
/** Black behind everything, whatever the terminal has there. */
const onBlack = (few: string) => `${few};40`;
const onTrueBlack = (color: number) => `${cube(color)};48;5;16`;

const THEMES = {
  dark: {
    summary: 'for a dark background',
    few: { ...MONOCHROME, green: '32', amber: '1;33', red: '1;31', data: '36', notice: '1;35' },
    many: {
      ...{ plain: '', dim: cube(248), strong: '1', badge: '7' },
      ...{ green: cube(77), amber: cube(220), red: `1;${cube(210)}`, data: cube(80), notice: cube(213) },
    },
  },
  light: {
    summary: 'for a light background',
    // Neither green nor yellow of eight colours is readable on white: shape and word identify those lights.
    few: { ...MONOCHROME, amber: '1', red: '31', data: '34', notice: '35' },
    many: {
      ...{ plain: '', dim: cube(241), strong: '1', badge: '7' },
      ...{ green: cube(22), amber: cube(94), red: `1;${cube(124)}`, data: cube(24), notice: cube(90) },
    },
  },
  'high-contrast': {
    summary: 'bright on black, at least 7 to 1',
    few: {
      ...{ plain: onBlack('1;37'), dim: onBlack('1;37'), strong: onBlack('1;37'), badge: '30;47' },
      ...{ green: onBlack('1;32'), amber: onBlack('1;33'), red: '30;47' },
      ...{ data: onBlack('1;36'), notice: onBlack('1;35') },
    },
    many: {
      ...{ plain: onTrueBlack(231), dim: onTrueBlack(252), strong: `1;${onTrueBlack(231)}` },
      ...{ badge: `${cube(16)};48;5;231`, green: onTrueBlack(46), amber: onTrueBlack(226) },
      ...{ red: `1;${onTrueBlack(210)}`, data: onTrueBlack(51), notice: onTrueBlack(219) },
    },
  },
  'color-blind': {
    summary: 'blue, yellow and orange for green, amber and red, on a dark background',
    few: { ...MONOCHROME, green: '36', amber: '1;33', red: '1;31', data: '', notice: '1' },
    many: {
      ...{ plain: '', dim: cube(248), strong: '1', badge: '7' },
      ...{ green: cube(75), amber: cube(228), red: `1;${cube(208)}`, data: cube(152), notice: cube(231) },
    },
  },
} as const satisfies Record<string, Theme>;

export type ThemeName = keyof typeof THEMES;
export const themeNames = Object.keys(THEMES) as readonly ThemeName[];
export const DEFAULT_THEME: ThemeName = 'dark';

/** The palette for a number of colours; without colours, shapes, words and bold carry the meaning. */
export function paletteFor(colors: number, theme: ThemeName = DEFAULT_THEME): Palette {
  if (colors < 8) return MONOCHROME;
  return colors < 256 ? THEMES[theme].few : THEMES[theme].many;
}

/** The one after it, and after the last the first. */
export function nextTheme(theme: ThemeName): ThemeName {
  return themeNames[(themeNames.indexOf(theme) + 1) % themeNames.length]!;
}
