/** One line of the benchmark's table. */
export interface Row {
  figure: string;
  measured: string;
  target: string;
  ok: boolean;
}
