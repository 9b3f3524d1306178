/** How to read the guests' clocks. */
export interface ClockPlan {
  /** ICMP timestamp requests. */
  icmp: boolean;
  /** SYN segments to this port; 0 for none. */
  tcpPort: number;
}
