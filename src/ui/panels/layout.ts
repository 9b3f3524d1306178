/** A rectangle of character cells. */
export interface Rectangle {
  top: number;
  left: number;
  width: number;
  height: number;
}

export const PANELS = [
  'title',
  'narration',
  'tour',
  'targets',
  'graph',
  'otherObserver',
  'statistic',
  'cursor',
  'figures',
  'clock',
  'job',
  'viewer',
  'histogram',
  'light',
  'events',
  'comparison',
  'bookmarks',
  'checklist',
  'notices',
  'abilities',
  'scrubber',
  'wall',
  'page',
  'status',
  'help',
] as const;
export type PanelName = (typeof PANELS)[number];
export type Layout = Partial<Record<PanelName, Rectangle>>;

export interface ScreenSize {
  columns: number;
  rows: number;
}

/** What there is to show, as far as the layout depends on it. */
export interface LayoutInputs {
  targets: number;
  /** Lines that the notices need. */
  notices: number;
  /** The chosen target has a clock witness. */
  clock: boolean;
  /** A hypervisor reports a migration of the chosen target, or did lately. */
  job: boolean;
  /** A viewer plays the chosen target's stream. */
  viewer: boolean;
  /** Number of notes on the session. */
  notes: number;
  /** Lines that the abilities of this machine need, during the tour; absent without it. */
  tour?: number | undefined;
  /** Another observer probes the chosen target too. */
  otherObserver: boolean;
  full: boolean;
  histogram: boolean;
  figures: boolean;
  /** Present while the cursor, or a detector's statistic, is shown. */
  cursor?: unknown;
  statistic?: string;
  help: boolean;
  /** Present while the page of an event is shown. */
  page?: unknown;
  /** All targets are shown as cells. */
  wall?: boolean;
  replay: boolean;
  comparison: boolean;
  bookmarks: boolean;
  checklist: boolean;
  /** Lines that the checklist needs. */
  checklistRows: number;
}

/** Below this height there is no room for title, graph and rules. */
export const SHORT = 16;
export const NARROW = 64;
export const LIGHT_WIDTH = 22;
const MIN_GRAPH = 8;
const CLOCK_HEIGHT = 4;
const JOB_HEIGHT = 4;
const STATISTIC_HEIGHT = 4;
const FIGURES_HEIGHT = 4;
/** The smallest log; a smaller one is left out. */
const MIN_LOG = 3;
const VIEWER_HEIGHT = 5;
/** The smallest viewer: a heading alone shows nothing. */
const MIN_VIEWER = 2;
/** The rows from which parts get more than their minimum. */
const TALL = 30;
const NARRATION_HEIGHT = 3;
const TOUR_HEIGHT = 3;
const SHORT_TOUR_HEIGHT = 2;
/** Up to this height there is no room for the bar of abilities. */
const MIN_TOUR_BAR = 21;
const OTHER_OBSERVER_HEIGHT = 6;
const MIN_OTHER_OBSERVER = 4;

/** The rectangle of each panel. The graph takes what the others leave; a small terminal shows fewer panels, but at least one. */
export function layOut({ columns, rows }: ScreenSize, contents: LayoutInputs): Layout {
  const layout = wholeScreen({ columns, rows }, contents) ?? panelsOf({ columns, rows }, contents);
  if (contents.help) layout.help = { top: 0, left: 0, width: columns, height: rows };
  return layout;
}

/** The page of an event or the wall over the whole screen, and below it the newest notice and the keys. */
function wholeScreen(
  { columns, rows }: ScreenSize,
  { page, wall, notices }: LayoutInputs,
): Layout | undefined {
  if (page === undefined && !wall) return undefined;
  const status = rows > 1 ? 1 : 0;
  const noticed = rows >= SHORT ? Math.min(notices, 2) : 0;
  const title = page === undefined && rows >= SHORT ? 1 : 0;
  return stacked(columns, [
    ['title', title],
    [page === undefined ? 'wall' : 'page', rows - title - noticed - status],
    ['notices', noticed],
    ['status', status],
  ]);
}

/** Panels one below the other; those without height are left out. */
function stacked(columns: number, heights: Heights): Layout {
  const layout: Layout = {};
  let top = 0;
  for (const [name, height] of heights) {
    if (height > 0) layout[name] = { top, left: 0, width: columns, height };
    top += height;
  }
  return layout;
}

function panelsOf({ columns, rows }: ScreenSize, contents: LayoutInputs): Layout {
  const heights = rows < SHORT ? shortHeights(rows, contents) : heightsOf(rows, contents);
  const replaced = contents.full && rows >= MIN_GRAPH ? 'graph' : 'events';
  const layout = stacked(
    columns,
    heights.map(([panel, height]) => [
      contents.checklist && panel === replaced ? 'checklist' : panel,
      height,
    ]),
  );
  if (layout.graph && columns >= NARROW) {
    layout.light = { ...layout.graph, left: columns - LIGHT_WIDTH, width: LIGHT_WIDTH };
    layout.graph.width -= LIGHT_WIDTH;
  }
  if (contents.statistic !== undefined && layout.graph && layout.graph.height > MIN_GRAPH) {
    const height = layout.graph.height >= 3 * MIN_GRAPH ? STATISTIC_HEIGHT + 2 : STATISTIC_HEIGHT;
    layout.statistic = underside(layout.graph, height);
  }
  if (contents.otherObserver && layout.graph) {
    const height = Math.min(
      OTHER_OBSERVER_HEIGHT,
      layout.graph.height - MIN_GRAPH - stripHeight(rows, contents),
    );
    if (height >= MIN_OTHER_OBSERVER) layout.otherObserver = underside(layout.graph, height);
  }
  if (contents.job && layout.graph && layout.graph.height >= MIN_GRAPH + JOB_HEIGHT) {
    layout.job = underside(layout.graph, JOB_HEIGHT);
  }
  if (contents.clock && layout.graph && layout.graph.height >= MIN_GRAPH + CLOCK_HEIGHT) {
    layout.clock = underside(layout.graph, CLOCK_HEIGHT);
  }
  if (contents.histogram && layout.graph) {
    layout.histogram = layout.graph;
    delete layout.graph;
  }
  if (contents.replay && contents.comparison && layout.events && columns >= NARROW) {
    layout.comparison = layout.events;
    delete layout.events;
  }
  if (contents.bookmarks) {
    const { events, comparison, checklist, graph } = layout;
    const beside = events ?? comparison ?? checklist;
    for (const name of ['events', 'comparison', 'checklist'] as const) delete layout[name];
    if (beside) layout.bookmarks = beside;
    else if (graph) layout.bookmarks = underside(graph, Math.floor(graph.height / 2));
  }
  return layout;
}

/** Cuts the lowest `height` rows off a box and returns them. */
function underside(box: Rectangle, height: number): Rectangle {
  box.height -= height;
  return { ...box, top: box.top + box.height, height };
}

type Heights = [name: PanelName, height: number][];

function heightsOf(rows: number, contents: LayoutInputs): Heights {
  const { targets, notices, full, replay, viewer, otherObserver } = contents;
  const title = 1;
  const narration = Math.min(contents.notes, rows < TALL ? 1 : NARRATION_HEIGHT);
  const status = 1;
  const scrubber = replay ? 1 : 0;
  const noticed = Math.min(notices, rows < TALL ? 2 : 3);
  const tour = contents.tour === undefined ? 0 : TOUR_HEIGHT;
  const abilities = clamp(rows - MIN_TOUR_BAR, 0, contents.tour ?? 0);
  // On a small screen the tour shows the clock rather than older events.
  const log =
    tour > 0 && rows < TALL ? MIN_LOG : clamp(Math.floor(rows / (otherObserver ? 7 : 5)), 3, 14) + 1;
  const wanted = contents.checklist ? clamp(contents.checklistRows, log, Math.floor(rows / 2)) : log;
  const figures = contents.figures ? FIGURES_HEIGHT : 0;
  const cursor = contents.cursor ? 1 : 0;
  const left = wanted - figures;
  const events = full || left < MIN_LOG ? 0 : left;
  const around = title + narration + tour + status + scrubber + noticed + abilities;
  const free = rows - around - events - figures - cursor;
  const least =
    MIN_GRAPH + stripHeight(rows, contents) + (contents.statistic === undefined ? 0 : STATISTIC_HEIGHT);
  // One line more than targets, for the headings; the graph keeps its minimum.
  const list = full ? 0 : clamp(targets + 1, 2, Math.max(2, Math.min(free - least, Math.floor(free * 0.55))));
  const room = free - list - least;
  const beside = otherObserver && room >= MIN_OTHER_OBSERVER + MIN_VIEWER ? MIN_OTHER_OBSERVER : 0;
  const spare = Math.min(VIEWER_HEIGHT, room - beside);
  const viewed = viewer && spare >= MIN_VIEWER ? spare : 0;
  return [
    ['title', title],
    ['narration', narration],
    ['targets', list],
    ['tour', tour],
    ['graph', free - list - viewed],
    ['viewer', viewed],
    ['cursor', cursor],
    ['figures', figures],
    ['events', events],
    ['notices', noticed],
    ['abilities', abilities],
    ['scrubber', scrubber],
    ['status', status],
  ];
}

/** What is kept free for the strip of a migration; a low screen shows it only below a large graph. */
function stripHeight(rows: number, { job }: LayoutInputs): number {
  return job && rows >= TALL ? JOB_HEIGHT : 0;
}

/** Lights and names, the newest event, and the quit key. */
function shortHeights(rows: number, contents: LayoutInputs): Heights {
  const { targets, notices, full, replay, checklist } = contents;
  const scrubber = replay && rows >= 6 ? 1 : 0;
  const cursor = contents.cursor ? 1 : 0;
  if (full && rows >= MIN_GRAPH)
    return [
      ['graph', rows - 1 - scrubber - cursor],
      ['cursor', cursor],
      ['scrubber', scrubber],
      ['status', 1],
    ];
  const noticed = notices > 0 && rows >= 8 ? 1 : 0;
  const tour = contents.tour !== undefined && rows >= 8 ? SHORT_TOUR_HEIGHT : 0;
  const free = Math.max(1, rows - noticed - tour - scrubber - (rows > 1 ? 1 : 0));
  const list = clamp(targets, 1, Math.max(1, checklist ? Math.floor(free / 3) : free - 2));
  return [
    ['targets', list],
    ['tour', tour],
    ['events', free - list],
    ['notices', noticed],
    ['scrubber', scrubber],
    ['status', rows > 1 ? 1 : 0],
  ];
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
