/** The colours of a terminal as CSS. */
export interface PanLimits {
  front: string;
  back: string;
  /** The sixteen of ECMA-48 and their bright ones. */
  named: readonly string[];
}

export const DARK: PanLimits = {
  front: '#d4d4d4',
  back: '#16181d',
  named: [
    ...['#16181d', '#f14c4c', '#23d18b', '#e5c542', '#3b8eea', '#d670d6', '#29b8db', '#d4d4d4'],
    ...['#7f848e', '#ff6b6b', '#4ee6a8', '#f5e06b', '#6cb0ff', '#e79be7', '#5fd7f0', '#ffffff'],
  ],
};

export const LIGHT: PanLimits = {
  front: '#24292f',
  back: '#ffffff',
  named: [
    ...['#24292f', '#cf222e', '#116329', '#7d4e00', '#0969da', '#8250df', '#1b7c83', '#6e7781'],
    ...['#57606a', '#a40e26', '#1a7f37', '#633c01', '#218bff', '#a475f9', '#3192aa', '#8c959f'],
  ],
};

/** Steps of xterm's 6×6×6 cube. */
const STEPS = [0, 95, 135, 175, 215, 255];

/** A number of xterm's palette of 256. */
export function colorOf(number: number, { named }: PanLimits): string {
  if (number < 16) return named[number]!;
  const grey = 8 + 10 * (number - 232);
  const cube = number - 16;
  const parts =
    number >= 232
      ? [grey, grey, grey]
      : [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(step => STEPS[step]!);
  return `#${parts.map(part => part.toString(16).padStart(2, '0')).join('')}`;
}
