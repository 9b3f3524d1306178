import { printable } from '../core/format/text.js';
import type { LimitResult } from '../evaluation/fail-if.js';
import type { MigrationRow } from '../evaluation/migrations.js';
import { figureText } from '../evaluation/migrations-text.js';

/** The limits as the test cases of a JUnit XML report, which CI servers show. */
export function junitXml(results: readonly LimitResult[], rows: readonly MigrationRow[]): string {
  const failures = results.filter(({ failed }) => failed).length;
  const cases = results.map(({ limit, value, failed }) => {
    const name = escaped(limit.text);
    if (!failed) return `    <testcase classname="migwatch" name="${name}"/>`;
    const why =
      value === undefined
        ? `no migration has the figure ${limit.figure}`
        : `${limit.figure} ${limit.statistic} is ${figureText(limit.figure, value)}, of ${rows.length} migrations`;
    return `    <testcase classname="migwatch" name="${name}"><failure message="${escaped(why)}"/></testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length}" failures="${failures}">`,
    `  <testsuite name="migwatch" tests="${results.length}" failures="${failures}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return printable(text).replace(/[&<>"]/g, each => ENTITIES[each]!);
}
