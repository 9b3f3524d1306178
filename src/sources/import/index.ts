import { announce } from './announce.js';
import { clock } from './clock.js';
import { fping } from './fping.js';
import type { LogFormat } from './log.js';
import { ping } from './ping.js';
import { series } from './series.js';

/** Every kind of log that can be imported. */
export const logFormats: readonly LogFormat[] = [ping, fping, clock, announce, series];
