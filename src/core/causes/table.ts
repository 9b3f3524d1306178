import { textTable } from '../format/table.js';
import { CAUSE_IDS, CAUSES, type Decibans } from './causes.js';
import { QUESTIONS, weightOf } from './weigh.js';

/** The weights of all findings for all causes in decibans, as rows of cells for people; 0 is a dot. */
export function weightRows(): string[][] {
  return [
    ['in decibans', ...CAUSE_IDS],
    ['before anything is known', ...CAUSE_IDS.map(cause => signed(CAUSES[cause].prior))],
    ...QUESTIONS.flatMap(({ asks, witness, findings }) => [
      [`${asks} (${witness})`, ...CAUSE_IDS.map(() => '')],
      ...findings.map(finding => [
        `  ${finding.id}`,
        ...CAUSE_IDS.map(cause => signed(weightOf(finding, cause))),
      ]),
    ]),
  ];
}

/** The same as lines of text. */
export function weightTable(): string[] {
  return textTable(weightRows());
}

function signed(weight: Decibans): string {
  if (weight === 0) return '·';
  return weight > 0 ? `+${weight}` : `−${-weight}`;
}
