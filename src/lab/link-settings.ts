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
  /** More one-way delay for the packets from and to these IPv4 addresses. */
  detours: Readonly<Record<string, number>>;
  /** ICMP requests a second that pass, as a policer lets them; 0: all. */
  icmpPerSecond: number;
  /** Drops ICMP timestamp requests, as many firewalls do. */
  dropsStamps: boolean;
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
  detours: {},
  icmpPerSecond: 0,
  dropsStamps: false,
  cut: false,
  hold: false,
};
