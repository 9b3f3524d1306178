import { policyOf } from './policy.js';
import {
  eventSections,
  eventTable,
  heading,
  legend,
  maintenanceTable,
  migrationTable,
  noteTable,
  targetCharts,
  targetTable,
} from './sections.js';
import { STYLE } from './style.js';
import type { Survey } from './survey.js';
import { escaped } from './svg.js';

/** A self-contained page: no script, no network; for light and dark screens, and for paper. */
export function page(survey: Survey): string {
  const { maintenance } = survey.analysis;
  return `${pageHead(survey.title, policyOf([STYLE]), `<style>${STYLE}</style>`)}
<body>
<header>
${heading(survey)}
</header>
<main>
${eventTable(survey)}
${maintenance ? maintenanceTable(survey, maintenance) : ''}
${migrationTable(survey)}
${targetTable(survey.targets)}
${targetCharts(survey)}
${eventSections(survey)}
${noteTable(survey)}
</main>
<footer>${escaped(legend(survey))}</footer>
</body>
</html>
`;
}

/** The page of one event alone. */
export function eventOnlyPage(survey: Survey): string {
  return `${pageHead(survey.title, policyOf([STYLE]), `<style>${STYLE}</style>`)}
<body class="single">
<main>
${eventSections(survey)}
${noteTable(survey)}
</main>
<footer>${escaped(legend(survey))}</footer>
</body>
</html>
`;
}

/** The beginning of a page, up to its body. `styles` and what the policy permits are markup of ours. */
export function pageHead(title: string, policy: string, styles: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)}: migwatch</title>
${styles}
</head>`;
}
