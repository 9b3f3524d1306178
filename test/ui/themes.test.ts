import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Style } from '../../src/ui/style/spans.js';
import {
  nextTheme,
  type Palette,
  paletteFor,
  type ThemeName,
  themeNames,
} from '../../src/ui/style/themes.js';

const test = suite('themes');
type Rgb = readonly [number, number, number];

/** XTerm-col.ad, and the palette of the Linux console (drivers/tty/vt/vt.c). */
const XTERM =
  '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff';
const VGA =
  '000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa 555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff';
const rgb = (hex: string): Rgb =>
  [0, 2, 4].map(at => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;

/** Colour n of 256, as 256colres.pl of xterm makes them. */
function cube(color: number): Rgb {
  if (color >= 232) return [0, 0, 0].map(() => 8 + 10 * (color - 232)) as unknown as Rgb;
  const [r, g, b] = [Math.floor((color - 16) / 36), Math.floor((color - 16) / 6) % 6, (color - 16) % 6];
  return [r!, g!, b!].map(step => (step === 0 ? 0 : 55 + 40 * step)) as unknown as Rgb;
}

interface Look {
  front: Rgb;
  back: Rgb;
}

const isCube = (code: number) => code === 38 || code === 48;

/** What SGR parameters look like; bold makes the first eight colours bright, as on both of these terminals. */
function look(sgr: string, plain: Look, named: readonly Rgb[]): Look {
  const codes = sgr.split(';').filter(Boolean).map(Number);
  let { front, back } = plain;
  let reverse = false;
  const bright = codes[0] === 1 ? 8 : 0;
  for (let at = 0; at < codes.length; at += isCube(codes[at]!) ? 3 : 1) {
    const code = codes[at]!;
    if (code === 38) front = cube(codes[at + 2]!);
    else if (code === 48) back = cube(codes[at + 2]!);
    else if (code === 7) reverse = true;
    else if (code >= 30 && code <= 37) front = named[code - 30 + bright]!;
    else if (code >= 40 && code <= 47) back = named[code - 40]!;
    else assert.is(code, 1, `SGR ${code}`);
  }
  return reverse ? { front: back, back: front } : { front, back };
}

const linear = (value: number) =>
  value <= 0.04045 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
/** WCAG 2.2: relative luminance, and contrast ratio. */
const luminance = (color: Rgb) => {
  const [r, g, b] = color.map(linear) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
function contrast({ front, back }: Look): number {
  const [low, high] = [luminance(front), luminance(back)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Backgrounds that people have: black, and what editors and Solarized made common; and white, and its kin. */
const DARK: Look[] = ['000000', '1e1e1e', '282c34', '002b36'].map(back => ({
  front: rgb('eeeeee'),
  back: rgb(back),
}));
const LIGHT: Look[] = ['ffffff', 'eeeeee', 'fdf6e3'].map(back => ({ front: rgb('1a1a1a'), back: rgb(back) }));
const BEHIND: Record<ThemeName, { grounds: Look[]; least: number }> = {
  dark: { grounds: DARK, least: 4.5 },
  light: { grounds: LIGHT, least: 4.5 },
  'high-contrast': { grounds: [...DARK, ...LIGHT], least: 7 },
  'color-blind': { grounds: DARK, least: 4.5 },
};

const styles = (palette: Palette) => Object.entries(palette) as [Style, string][];

test('WCAG’s own example: 777777 on white is 4.48', () => {
  assert.is(contrast({ front: rgb('777777'), back: rgb('ffffff') }).toFixed(2), '4.48');
});

for (const theme of themeNames) {
  const { grounds, least } = BEHIND[theme];

  test(`${theme}: with 256 colours, every style has a contrast of ${least} to 1 on its assumed background`, () => {
    for (const ground of grounds)
      for (const [style, sgr] of styles(paletteFor(256, theme))) {
        const ratio = contrast(look(sgr, ground, []));
        assert.ok(ratio >= least, `${style} on ${ground.back}: ${ratio.toFixed(2)}`);
      }
  });

  test(`${theme}: of eight colours too, on black or white, as xterm and the Linux console have them`, () => {
    const ground = grounds.includes(LIGHT[0]!) && !grounds.includes(DARK[0]!) ? LIGHT[0]! : DARK[0]!;
    for (const named of [XTERM, VGA].map(colors => colors.split(' ').map(rgb)))
      for (const [style, sgr] of styles(paletteFor(8, theme))) {
        const ratio = contrast(look(sgr, ground, named));
        assert.ok(ratio >= 4.5, `${style}: ${ratio.toFixed(2)}`);
      }
  });
}

/** Viénot, Brettel and Mollon 1999: linear RGB as dichromats see it. */
const DICHROMATS: Record<string, readonly Rgb[]> = {
  protanope: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranope: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};

/** CIE 1976 L*a*b* under D65, of linear RGB. */
function lab([r, g, b]: Rgb): Rgb {
  const xyz = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ];
  const [x, y, z] = xyz.map(t => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)) as unknown as Rgb;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

test('color-blind: the three lights stay far apart for red-green dichromats, farther than in the usual theme', () => {
  const nearest = (theme: ThemeName, matrix: readonly Rgb[]) => {
    const palette = paletteFor(256, theme);
    const seen = (['green', 'amber', 'red'] as const).map(light => {
      const color = look(palette[light], DARK[0]!, []).front.map(linear) as unknown as Rgb;
      const mixed = matrix.map(row => Math.max(0, row[0] * color[0] + row[1] * color[1] + row[2] * color[2]));
      return lab(mixed as unknown as Rgb);
    });
    const pairs = [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const;
    return Math.min(
      ...pairs.map(([a, b]) => Math.hypot(...seen[a]!.map((value, axis) => value - seen[b]![axis]!))),
    );
  };
  for (const [who, matrix] of Object.entries(DICHROMATS)) {
    const [safe, usual] = [nearest('color-blind', matrix), nearest('dark', matrix)];
    assert.ok(
      safe > 30 && safe > usual,
      `${who}: ${safe.toFixed(0)} apart, ${usual.toFixed(0)} in the usual theme`,
    );
  }
});

test('fewer than eight colours mean no colours, and t cycles', () => {
  for (const theme of themeNames)
    for (const [, sgr] of styles(paletteFor(2, theme))) assert.match(sgr, /^[17]?$/);
  assert.equal(themeNames.map(nextTheme), [...themeNames.slice(1), themeNames[0]]);
});

test.run();
