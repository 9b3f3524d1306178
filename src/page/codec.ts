/**
 * Series as bytes, which deflate well: times as zigzag varints of the change of their distance, which is nearly 0 for a steady
 * probe, and values in planes of bytes. Pure: the program encodes, the page's script decodes.
 */
import type { Series, TargetSeries } from './model.js';

/** Times are kept to a tenth of a millisecond. */
const TICKS_PER_MS = 10;

/** Values of the echo series beside codes of round trips. */
export const LOST = 0x3fff;
const LATE = 0x2000;
/** Below this, a round trip is its own code, in microseconds. */
const EXACT = 1000;
const PER_DECADE = 900;
const MAX_POWER = 7;

/** The code of a round trip, to three digits. */
export function codeOfRtt(rttMs: number, late: boolean): number {
  const micros = Math.max(0, Math.round(rttMs * 1000));
  return threeDigits(micros) | (late ? LATE : 0);
}

function threeDigits(micros: number): number {
  if (micros < EXACT) return micros;
  const power = Math.min(MAX_POWER, Math.floor(Math.log10(micros)) - 2);
  // 1000 is the code of 100 with the next power.
  const digits = Math.min(1000, Math.round(micros / 10 ** power));
  return EXACT + (power - 1) * PER_DECADE + (digits - 100);
}

/** The round trip of a code, in milliseconds, and whether it came after the timeout; undefined if the probe was lost. */
export function rttOfCode(code: number): { rttMs: number; late: boolean } | undefined {
  if (code === LOST) return undefined;
  const plain = code & ~LATE;
  const late = plain !== code;
  if (plain < EXACT) return { rttMs: plain / 1000, late };
  const power = Math.floor((plain - EXACT) / PER_DECADE) + 1;
  const digits = ((plain - EXACT) % PER_DECADE) + 100;
  return { rttMs: (digits * 10 ** power) / 1000, late };
}

/** Writes numbers into bytes that grow as needed. */
export class ByteWriter {
  private bytes = new Uint8Array(1024);
  private length = 0;

  byte(value: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = value;
  }

  /** A whole number from 0 to 2^53, seven bits a byte. */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  /** A whole number of either sign. */
  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** Reads what a ByteWriter wrote. Throws a RangeError at the end of the bytes. */
export class ByteReader {
  private place = 0;

  constructor(private readonly bytes: Uint8Array) {}

  byte(): number {
    if (this.place >= this.bytes.length) throw new RangeError('the samples of this page are cut short');
    return this.bytes[this.place++]!;
  }

  varint(): number {
    let [value, unit] = [0, 1];
    for (;;) {
      const next = this.byte();
      value += (next & 0x7f) * unit;
      if (next < 0x80) return value;
      unit *= 0x80;
    }
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  /** A count, which cannot exceed the bytes that are left. */
  count(): number {
    const value = this.varint();
    if (value > this.bytes.length - this.place)
      throw new RangeError('the samples of this page are cut short');
    return value;
  }
}

export function writeTarget(out: ByteWriter, target: TargetSeries): void {
  writeTimes(out, target.echo.at);
  for (const shift of [0, 8]) for (const value of target.echo.value) out.byte((value >> shift) & 0xff);
  for (const series of [target.clock, target.frames, target.viewer]) {
    writeTimes(out, series.at);
    let before = 0;
    for (const value of series.value) {
      out.zigzag(value - before);
      before = value;
    }
  }
  writeTimes(out, target.levels.at);
  out.varint(target.levels.columns.length);
  for (const column of target.levels.columns) for (const level of column) out.byte(level);
}

export function readTarget(bytes: ByteReader): TargetSeries {
  const at = readTimes(bytes);
  const value = new Int32Array(at.length);
  for (const shift of [0, 8])
    for (let index = 0; index < value.length; index++) value[index]! |= bytes.byte() << shift;
  const [clock, frames, viewer] = [readDeltas(bytes), readDeltas(bytes), readDeltas(bytes)];
  const levelsAt = readTimes(bytes);
  const columns = Array.from({ length: bytes.varint() }, () => levelsAt.map(() => bytes.byte())).map(
    column => new Uint8Array(column),
  );
  return { echo: { at, value }, clock, frames, viewer, levels: { at: levelsAt, columns } };
}

function writeTimes(out: ByteWriter, at: Float64Array): void {
  out.varint(at.length);
  let [before, step] = [0, 0];
  for (const ms of at) {
    const ticks = Math.round(ms * TICKS_PER_MS);
    out.zigzag(ticks - before - step);
    step = ticks - before;
    before = ticks;
  }
}

function readTimes(bytes: ByteReader): Float64Array {
  const at = new Float64Array(bytes.count());
  let [before, step] = [0, 0];
  for (let index = 0; index < at.length; index++) {
    step += bytes.zigzag();
    before += step;
    at[index] = before / TICKS_PER_MS;
  }
  return at;
}

function readDeltas(bytes: ByteReader): Series {
  const at = readTimes(bytes);
  const value = new Int32Array(at.length);
  let before = 0;
  for (let index = 0; index < value.length; index++) {
    before += bytes.zigzag();
    value[index] = before;
  }
  return { at, value };
}
