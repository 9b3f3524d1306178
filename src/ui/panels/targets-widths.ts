export const MARK_AND_LIGHT = 10;
/** Of a column of figures. */
export const NUMBER = 9;
/** Wide enough for the columns of figures and a sparkline. */
export const ALL_COLUMNS = 64;
