import { bindThemeSwitch } from './colours.js';
import { readModel, readSeries } from './data.js';
import { byId, element } from './elements.js';
import type { PageEvent } from './model.js';
import { Player } from './player.js';

/** Reads the data of the page and starts its player. */
async function start(): Promise<void> {
  const model = readModel();
  const theme = byId<HTMLButtonElement>('theme');
  theme.hidden = false;
  if (model.targets.length === 0) return bindThemeSwitch(theme, () => {});
  const series = await readSeries(model);
  byId('player').hidden = false;
  const player = new Player(model, series);
  bindThemeSwitch(theme, () => player.recolour());
  const show = (event: PageEvent) => {
    player.showEvent(event);
    byId('player').scrollIntoView({ block: 'start' });
    byId('player').focus({ preventScroll: true });
  };
  for (const event of model.events) {
    const button = element('button', { type: 'button' }, `Replay event ${event.number}`);
    button.addEventListener('click', () => show(event));
    document.getElementById(event.anchor)?.querySelector('.facts')?.after(button);
  }
  const follow = () => {
    const event = model.events.find(({ anchor }) => `#${anchor}` === location.hash);
    if (event) player.showEvent(event);
  };
  addEventListener('hashchange', follow);
  follow();
}

start().catch((error: Error) => {
  byId('failure').textContent =
    `This page cannot replay the recording: ${error.message}. The text and the figures below need no script.`;
});
