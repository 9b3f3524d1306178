/** What to ask the guests' clocks by. */
export interface ClockPlan {
  /** ICMP timestamp requests. */
  icmp: boolean;
  /** SYN segments to this port; 0: none. */
  tcpPort: number;
}
