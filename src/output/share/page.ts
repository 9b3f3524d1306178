import { deflateSync } from 'node:zlib';
import { ByteWriter, writeTarget } from '../../page/codec.js';
import { pageHead } from '../report/page.js';
import { policyOf } from '../report/policy.js';
import {
  eventSections,
  eventTable,
  heading,
  legend,
  maintenanceTable,
  migrationTable,
  noteTable,
  targetTable,
} from '../report/sections.js';
import { STYLE } from '../report/style.js';
import type { Survey } from '../report/survey.js';
import { escaped } from '../report/svg.js';
import { TargetGatherer } from './gather.js';
import { pageModel } from './model.js';
import { chartLibrary, pageScript } from './script.js';
import { PLAYER_STYLE } from './style.js';

/** Where a page comes from and who signs it. */
export interface Origin {
  /** The SHA-256 of the recording, in hexadecimal. */
  recordingHash: string;
  /** The fingerprint of the key that signs the page; absent without a signature. */
  fingerprint?: string;
}

/**
 * A page that replays the recording: one file without network. Its policy permits exactly our scripts and styles; the data is in
 * blocks that no browser executes.
 */
export function sharedPage(
  survey: Survey,
  gatherers: ReadonlyMap<string, TargetGatherer>,
  detectors: readonly string[],
  origin: Origin,
): string {
  const chart = chartLibrary();
  const [styles, scripts] = [
    [STYLE + PLAYER_STYLE, chart.style],
    [chart.script, pageScript()],
  ];
  const { maintenance } = survey.analysis;
  const tagged = (name: string, texts: readonly string[]) =>
    texts.map(text => `<${name}>${text}</${name}>`).join('\n');
  return `${pageHead(survey.title, policyOf(styles, scripts), tagged('style', styles))}
<body>
<header class="top">
<div>
${heading(survey)}
</div>
<button type="button" id="theme" hidden>Dark theme</button>
</header>
<main>
${eventTable(survey)}
<p id="failure" role="alert"></p>
${PLAYER}
${maintenance ? maintenanceTable(survey, maintenance) : ''}
${migrationTable(survey)}
${targetTable(survey.targets)}
${eventSections(survey)}
${noteTable(survey)}
</main>
<footer>${signatureWords(origin)}
<p>${escaped(legend(survey))} In the player, times are kept to 0.1 ms and round trips to three digits.</p></footer>
<script type="application/json" id="model">${inert(JSON.stringify(pageModel(survey, gatherers, detectors)))}</script>
<script type="text/plain" id="samples">${samples(survey, gatherers)}</script>
${tagged('script', scripts)}
</body>
</html>
`;
}

/** JSON that cannot end its block, nor open a comment in it. */
function inert(json: string): string {
  return json.replace(/</g, '\\u003c');
}

function samples({ targets, span }: Survey, gatherers: ReadonlyMap<string, TargetGatherer>): string {
  const out = new ByteWriter();
  for (const { summary } of targets)
    writeTarget(out, (gatherers.get(summary.target) ?? new TargetGatherer(0)).series(span.from));
  return deflateSync(out.done(), { level: 9 }).toString('base64');
}

function signatureWords({ recordingHash, fingerprint }: Origin): string {
  const origin = `<p>Made from a recording with the SHA-256 <code>${recordingHash}</code>.</p>`;
  if (fingerprint === undefined)
    return `<div class="signature"><p>This page is not signed: whoever passed it on may have changed it.</p>${origin}</div>`;
  return `<div class="signature"><p>This page states that it was signed by the key <code>${escaped(fingerprint)}</code>. A page cannot prove its own signature: run <code>migwatch verify FILE.html --key ${escaped(fingerprint)}</code>, and ask the signer for the fingerprint in another way.</p>${origin}</div>`;
}

const PLAYER = `<section id="player" tabindex="-1" role="region" aria-label="Replay of the recording" aria-describedby="keys" hidden>
<div class="bar">
<button type="button" id="play">Play</button>
<label>speed <select id="speed"></select></label>
<button type="button" id="before" aria-label="Event before">‹ Event</button>
<button type="button" id="next" aria-label="Next event">Event ›</button>
<button type="button" id="zoom-in" aria-label="Zoom in">Zoom +</button>
<button type="button" id="zoom-out" aria-label="Zoom out">Zoom −</button>
<button type="button" id="zoom-all">All</button>
<span id="light" class="push"><i class="is-green"></i><i class="is-amber"></i><i class="is-red"></i><span id="light-word"></span></span>
</div>
<p id="now"></p>
<p id="spoken" class="spoken" role="status"></p>
<div class="bar">
<label>target <select id="target"></select></label>
<label>statistic <select id="detector"></select></label>
<span id="window" class="push about"></span>
</div>
<div id="lanes"></div>
<canvas id="overview" aria-hidden="true"></canvas>
<input type="range" id="seek" min="0" value="0" aria-label="Moment of the recording">
<p id="keys" class="keys"><kbd>Space</kbd> plays, <kbd>←</kbd> <kbd>→</kbd> seek (with <kbd>Shift</kbd> finely), <kbd>+</kbd> <kbd>−</kbd> zoom down to milliseconds, <kbd>0</kbd> shows all, <kbd>[</kbd> <kbd>]</kbd> go to events, while the player has the focus; so does the wheel.</p>
<details id="table"><summary>The samples in view as a table</summary>
<div class="tall" tabindex="0" role="group" aria-label="Samples in view"><table><thead><tr><th scope="col">time (UTC)</th><th scope="col">what</th><th scope="col">value</th></tr></thead><tbody id="rows"></tbody></table></div>
<p id="rows-more" class="about"></p></details>
</section>`;
