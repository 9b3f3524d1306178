import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratch } from '../../recording/session.js';
import { Browser, type BrowserPage } from '../../support/browser.js';
import { needing } from '../../support/needs.js';
import { sharedProgram } from '../../support/shared-program.js';

const HOSTILE = '</script><img src=x onerror=document.title="owned"><!--<script>';
const WIDTHS = [390, 768, 1440];
/** WCAG 2.2, level AA, for text of ordinary size. */
const MIN_CONTRAST = 4.5;

const folder = scratch();
const shared = sharedProgram();
const test = suite('shared pages in a browser');
const inBrowser = needing(test, { commands: ['chromium'] });
let browser: Browser | undefined;

test.after(async () => browser?.close());

/** One browser for all tests. */
function theBrowser(): Browser {
  browser ??= new Browser();
  return browser;
}

/** A recording whose target, host and notes carry markup. */
function hostileRecording(): string {
  const [header = '', ...rows] = readFileSync('recordings/demo.jsonl', 'utf8').trimEnd().split('\n');
  const fields = JSON.parse(header);
  fields.targets[0].name = HOSTILE;
  fields.host = HOSTILE;
  const note = JSON.stringify(['note', { at: fields.startedAt + 20_000, text: HOSTILE }]);
  const path = join(folder, 'hostile.jsonl');
  writeFileSync(
    path,
    `${[JSON.stringify(fields), ...rows.slice(0, 50), note, ...rows.slice(50)].join('\n')}\n`,
  );
  return path;
}

async function sharedFile(recording: string, name: string): Promise<string> {
  const file = join(folder, name);
  const { code, stderr } = await shared(['share', recording, '-o', file]);
  assert.is(code, 0, stderr);
  return file;
}

async function opened(file: string, width: number, scheme: 'light' | 'dark'): Promise<BrowserPage> {
  const page = await theBrowser().page(width, 900, scheme);
  await page.open(file);
  await page.until(`document.querySelectorAll('#lanes canvas').length > 0`);
  return page;
}

/** The moment and the width of the window, as the player shows them. */
const moment = (page: BrowserPage) => page.evaluate<number>('Number(document.getElementById("seek").value)');
const across = (page: BrowserPage) => page.evaluate<string>('document.getElementById("window").textContent');

/** Focuses the player by its keyboard: Tab goes on until the play button has the focus. */
async function tabTo(page: BrowserPage, id: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.key('Tab');
    if (await page.evaluate(`document.activeElement?.id === ${JSON.stringify(id)}`)) return;
  }
  throw new Error(`Tab does not lead to ${id}`);
}

/** Texts whose contrast with what is behind them is below the limit, computed from the styles. */
const LOW_CONTRAST = `(() => {
  const channel = value => value <= 10.31 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const rgb = text => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, alpha = 1] = rgb(getComputedStyle(each).backgroundColor);
      if (alpha > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
  return [...document.querySelectorAll('body *')].filter(own)
    .filter(each => each.checkVisibility() && !['SCRIPT', 'STYLE'].includes(each.tagName))
    .map(each => {
      const style = getComputedStyle(each);
      const [one, two] = [rgb(each instanceof SVGElement ? style.fill : style.color), behind(each)].map(luminance);
      return { text: each.textContent.trim().slice(0, 40), ratio: (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05) };
    })
    .filter(({ ratio }) => ratio < ${MIN_CONTRAST});
})()`;

for (const width of WIDTHS)
  inBrowser(`at ${width} pixels: opens with the verdict, replays, breaks no policy, and fits`, async () => {
    const page = await opened(
      await sharedFile('recordings/demo.jsonl', `demo-${width}.html`),
      width,
      'light',
    );
    const first = await page.evaluate<string>('document.querySelector(".verdict").textContent');
    assert.match(first, /^In 87\.3 s, 2 of 3 targets were live-migrated 4 times/);
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    assert.ok(overflow <= 0, `${overflow} pixels beyond the right edge`);
    assert.equal(page.complaints, []);
  });

inBrowser(
  'seeks, zooms to milliseconds and plays by keyboard alone, and says so to a screen reader',
  async () => {
    const page = await opened(await sharedFile('recordings/lan-held.jsonl', 'held.html'), 1440, 'light');
    await tabTo(page, 'play');
    await page.key('Home');
    await page.until('Number(document.getElementById("seek").value) === 0');
    await page.key('0', 'Digit0');
    await page.until('document.getElementById("window").textContent === "74.6 s across"');
    await page.key('ArrowRight');
    await page.until('Number(document.getElementById("seek").value) > 7000');
    for (let presses = 0; presses < 13; presses++) await page.key('+', 'Equal');
    await page.until('document.getElementById("window").textContent === "10 ms across"');
    for (const number of [1, 2]) {
      await page.key(']', 'BracketRight');
      await page.until(`document.getElementById("now").textContent.includes("event ${number}: migration")`);
    }
    const event = await moment(page);
    await page.until(
      '/light (red|amber).*event 2: migration/.test(document.getElementById("spoken").textContent)',
    );
    assert.is(await across(page), '1 s across');
    await page.evaluate('document.getElementById("play").focus()');
    await page.key('Enter');
    await page.until(`Number(document.getElementById("seek").value) > ${event} + 100`);
    assert.is(await page.evaluate('document.getElementById("play").textContent'), 'Pause');
    await page.key('Enter');
    await page.until('document.getElementById("play").textContent === "Play"');
    await tabTo(page, 'seek');
    assert.match(
      await page.evaluate<string>('document.activeElement.getAttribute("aria-valuetext")'),
      /^00:24:4\d\.\d{3} UTC$/,
    );
    assert.not.equal(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle'), 'none');
    assert.equal(page.complaints, []);
  },
);

inBrowser('the chart has a table with the samples in view', async () => {
  const page = await opened(await sharedFile('recordings/lan-held.jsonl', 'table.html'), 768, 'light');
  await page.evaluate('document.querySelector("#table summary").click()');
  await page.until('document.querySelectorAll("#rows tr").length > 10');
  const rows = await page.evaluate<string[]>(
    '[...document.querySelectorAll("#rows tr")].map(row => row.innerText)',
  );
  assert.ok(rows.some(row => /announcement\s+RARP/.test(row)));
  assert.ok(rows.some(row => /echo\s+echo lost/.test(row)));
  // The row of the recording that was sent at 00:24:37.808.
  assert.ok(
    rows.some(row => /00:24:37\.\d{3}\s+echo\s+RTT \d/.test(row)),
    rows.slice(0, 5).join('\n'),
  );
});

inBrowser('a link to an event opens it, and other pages can point there', async () => {
  const file = await sharedFile('recordings/lan-held.jsonl', 'link.html');
  const page = await opened(`${file}#event-4`, 1440, 'light');
  await page.until('document.getElementById("now").textContent.includes("event 4: migration")');
  assert.ok(await page.evaluate('document.getElementById("event-4").innerText.includes("blackout 541 ms")'));
});

for (const scheme of ['light', 'dark'] as const)
  inBrowser(
    `all texts have the contrast of WCAG AA in the ${scheme} theme, and a switch changes it`,
    async () => {
      const page = await opened(await sharedFile('recordings/demo.jsonl', `${scheme}.html`), 1440, scheme);
      const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      assert.is(paper, scheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(255, 255, 255)');
      assert.equal(await page.evaluate(LOW_CONTRAST), []);
      await page.evaluate('document.getElementById("theme").click()');
      assert.not.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), paper);
      assert.equal(await page.evaluate(LOW_CONTRAST), []);
    },
  );

inBrowser('markup in names and notes stays text', async () => {
  const page = await opened(await sharedFile(hostileRecording(), 'hostile.html'), 768, 'light');
  assert.match(await page.evaluate<string>('document.title'), /^hostile: migwatch$/);
  assert.is(await page.evaluate('document.querySelectorAll("img, iframe, link, object, base").length'), 0);
  const options = await page.evaluate<string[]>(
    '[...document.getElementById("target").options].map(each => each.text)',
  );
  assert.ok(
    options.some(option => option.includes('</script><img src=x')),
    options.join(),
  );
  assert.ok(await page.evaluate('document.body.innerText.includes("</script><img src=x")'));
  assert.equal(page.complaints, []);
});

inBrowser('a report and its SVG are drawn, and run nothing', async () => {
  const recording = hostileRecording();
  for (const flags of [[], ['--svg']]) {
    const file = join(folder, `report.${flags.length > 0 ? 'svg' : 'html'}`);
    assert.is((await shared(['report', recording, '-o', file, ...flags])).code, 0);
    const page = await theBrowser().page(1000, 900, 'light');
    await page.open(file);
    const text = await page.evaluate<string>('document.documentElement.textContent');
    // A browser answers XML that is not well-formed with such an element.
    assert.is(await page.evaluate('document.querySelectorAll("parsererror, script, img").length'), 0);
    assert.ok(text.includes('</script><img src=x'));
    assert.ok(
      (text.match(/\d+ (migration|outage)/g) ?? []).length >= 12,
      'each event in the whole and closely',
    );
    assert.equal(page.complaints, []);
  }
});

inBrowser('on A4 paper, each event has a page, and none is cut', async () => {
  const file = join(folder, 'print.html');
  assert.is((await shared(['report', 'recordings/lan-held.jsonl', '-o', file])).code, 0);
  const page = await theBrowser().page(1000, 900, 'light');
  await page.open(file);
  const { data } = await page.call('Page.printToPDF', { preferCSSPageSize: true });
  const pdf = Buffer.from(data as string, 'base64').toString('latin1');
  assert.is(pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length, 1 + 6, 'the overview, and six events');
});

test.run();
