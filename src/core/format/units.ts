/** A share of 1 as `0 %`, `0.03 %`, `12 %`. A small share is never shown as 0 %, and an incomplete one never as 100 %. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.01) return '<0.01 %';
  return `${value < 10 ? Number(value.toPrecision(2)) : Math.floor(value)} %`;
}

/** An amount of data in decimal units: `512 B`, `34 kB`, `1.2 MB`. */
export function bytes(amount: number): string {
  const power = amount < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(amount) / 3));
  const value = amount / 1000 ** power;
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.floor(value)} ${['B', 'kB', 'MB', 'GB'][power]}`;
}

/** The share of lost probes as a percentage; a dash if no probe has an outcome. */
export function lossShare(lost: number, sent: number): string {
  return sent > 0 ? percent(lost / sent) : '-';
}
