import { seenByOthers } from '../../core/observer.js';
import type { SessionInfo, TargetInfo } from '../../core/session-info.js';
import type { Controls } from '../model/controls.js';
import { abilities, abilityLines } from '../panels/abilities.js';
import { bookmarks } from '../panels/bookmarks.js';
import { checklist, checklistHeight } from '../panels/checklist.js';
import { clock } from '../panels/clock.js';
import { comparison } from '../panels/comparison.js';
import { cursor } from '../panels/cursor.js';
import { eventPage } from '../panels/event-page.js';
import { events } from '../panels/events.js';
import { figures } from '../panels/figures.js';
import { graph, graphCells } from '../panels/graph.js';
import { help } from '../panels/help.js';
import { barsFor, histogram } from '../panels/histogram.js';
import { job } from '../panels/job.js';
import { layOut, type PanelName, type Rectangle, type ScreenSize } from '../panels/layout.js';
import { light } from '../panels/light.js';
import { narration } from '../panels/narration.js';
import { noticeLines, notices } from '../panels/notices.js';
import { otherObserver } from '../panels/other-observers.js';
import type { Panel } from '../panels/panel.js';
import { scrubber } from '../panels/scrubber.js';
import { statistic } from '../panels/statistic.js';
import { status } from '../panels/status.js';
import { roomFor, targets } from '../panels/targets.js';
import { title } from '../panels/title.js';
import { tour } from '../panels/tour.js';
import { viewer } from '../panels/viewer.js';
import { WALL_FOOTER, wall } from '../panels/wall.js';
import type { Glyphs } from '../style/glyphs.js';
import { fit, type TextLine } from '../style/spans.js';
import { isPageShown } from '../view/event-page.js';
import type { ViewInputs } from '../view/inputs.js';
import { chosenIn, listIn } from '../view/listed.js';
import { shownNotices } from '../view/status.js';
import { type View, viewOf } from '../view/view.js';

const DRAW: Record<PanelName, Panel> = {
  title,
  narration,
  tour,
  targets,
  graph,
  otherObserver,
  statistic,
  cursor,
  figures,
  clock,
  job,
  viewer,
  histogram,
  light,
  events,
  comparison,
  bookmarks,
  checklist,
  notices,
  abilities,
  scrubber,
  wall,
  page: eventPage,
  status,
  help,
};

/** A panel's lines in its box: as many as its height, each exactly as wide. */
export interface PlacedPanel {
  name: PanelName;
  box: Rectangle;
  lines: TextLine[];
}

/** A whole screen: the view, and the lines of every panel. */
export interface Picture {
  view: View;
  panels: readonly PlacedPanel[];
}

/** Draws a moment of a session for a screen of this size. Pure. */
export function pictureOf(moment: ViewInputs, controls: Controls, size: ScreenSize, glyphs: Glyphs): Picture {
  const { info } = moment;
  const list = listIn(moment, controls);
  const chosen = chosenIn(moment, list, controls);
  const layout = layOut(size, {
    targets: list.unfiltered,
    notices: noticeLines(shownNotices(info, controls.dismissed), size.columns).length,
    clock: isSeenBy('clock', chosen),
    notes: moment.notes?.length ?? 0,
    otherObserver: hasOtherObservers(info, chosen),
    job: chosen !== undefined && (moment.state.of(chosen.target).jobs?.isShown(moment.now) ?? false),
    viewer: isSeenBy('stream', chosen),
    replay: moment.replay !== undefined,
    tour: moment.tour && abilityLines(moment.tour.abilities, size.columns, glyphs).length,
    checklistRows: checklistHeight(moment.checklist?.items.length ?? 0, size.columns),
    ...controls,
    bookmarks: controls.prompt?.panel === 'bookmarks',
    page: isPageShown(moment.state, controls) ? controls.page : undefined,
  });
  const nothing = { rows: 0, spark: 0 };
  // Panels under the histogram keep the window of the graph.
  const plot = layout.graph ?? layout.histogram ?? layout.page;
  const shown = { ...moment, list };
  const view = viewOf(shown, controls, {
    ...(layout.targets ? roomFor(layout.targets, list.unfiltered) : nothing),
    cells: plot ? graphCells(plot) : 1,
    across: glyphs.canvas.across,
    wall: layout.wall && { ...layout.wall, height: Math.max(1, layout.wall.height - WALL_FOOTER) },
    bars: layout.histogram ? barsFor(layout.histogram) : 0,
    events: Math.max(1, ((layout.events ?? layout.comparison)?.height ?? 1) - 1),
  });
  const panels = (Object.entries(layout) as [PanelName, Rectangle][]).map(([name, box]) => ({
    name,
    box,
    lines: filled(DRAW[name](view, box, glyphs), box),
  }));
  return { view, panels };
}

function filled(lines: readonly TextLine[], { width, height }: Rectangle): TextLine[] {
  return Array.from({ length: height }, (_, row) => fit(lines[row] ?? [], width));
}

function isSeenBy(witness: string, chosen: TargetInfo | undefined): boolean {
  return chosen?.witnesses.includes(witness) ?? false;
}

function hasOtherObservers({ targets }: SessionInfo, chosen: TargetInfo | undefined): boolean {
  const ids = targets.map(({ target }) => target);
  return chosen !== undefined && seenByOthers(chosen.target, ids) !== undefined;
}
