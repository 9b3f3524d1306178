import type { Controls } from '../model/controls.js';
import type { Question } from '../model/session-actions.js';

/** Lists what matches while it is typed. */
export function filterQuestion({ listing }: Controls): Question {
  const { filter } = listing;
  return { label: 'filter', text: filter, typing: text => ({ listing: { ...listing, filter: text } }) };
}
