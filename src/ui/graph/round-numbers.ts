/** Rung i of the ladder … 0.5, 1, 2, 5, 10, 20 …; rung 0 is 1. */
export function rung(index: number): number {
  const decade = Math.floor(index / 3);
  return Number(`${[1, 2, 5][index - 3 * decade]}e${decade}`);
}

/** The highest rung that is not above the value. */
export function indexBelow(value: number): number {
  let index = 3 * Math.floor(Math.log10(value)) - 1;
  while (rung(index + 1) <= value * (1 + 1e-9)) index++;
  return index;
}

/** The lowest rung that is not below the value. */
export function indexAbove(value: number): number {
  return -indexBelow(1 / value);
}

export const rungBelow = (value: number) => rung(indexBelow(value));
export const rungAbove = (value: number) => rung(indexAbove(value));
