/** What the link between the two taps does to a packet, in both directions. */
export interface LinkSettings {
  /** One-way delay. */
  delayMs: number;
  /** Mean of an exponential extra delay. */
  jitterMs: number;
  /** Share of packets, in percent, that take up to `tailMs` more. */
  tailPercent: number;
  tailMs: number;
  lossPercent: number;
  /** Drops all packets, like a pulled cable. */
  cut: boolean;
  /** Holds packets and delivers them all when it ends, like a paused machine. */
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
