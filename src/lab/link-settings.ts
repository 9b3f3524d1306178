/** What the wire between the two taps does to a packet. Each direction is treated alike. */
export interface LinkSettings {
  /** One-way delay. */
  delayMs: number;
  /** Mean of an exponential extra delay. */
  jitterMs: number;
  /** Share of packets, in percent, that take up to `tailMs` more. */
  tailPercent: number;
  tailMs: number;
  lossPercent: number;
  /** Drops everything, as a pulled cable does. */
  cut: boolean;
  /** Keeps packets and lets them all go when it ends, as a paused machine does. */
  hold: boolean;
}

export const CLEAN: LinkSettings = {
  delayMs: 0,
  jitterMs: 0,
  tailPercent: 0,
  tailMs: 0,
  lossPercent: 0,
  cut: false,
  hold: false,
};
