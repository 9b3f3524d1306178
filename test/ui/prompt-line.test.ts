import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deferred } from '../../src/system/deferred.js';
import { PromptLine } from '../../src/ui/dashboard/prompt-line.js';
import { type Controls, INITIAL } from '../../src/ui/model/controls.js';

const test = suite('a question whose answer is checked');

/** A prompt with a question whose checks are settled by hand, oldest first. */
function asked() {
  const checks: ReturnType<typeof deferred<void>>[] = [];
  const answers: string[] = [];
  let controls: Controls = INITIAL;
  const line = new PromptLine(change => {
    controls = change(controls);
  });
  const question = {
    label: 'host',
    check: () => {
      const check = deferred<void>();
      checks.push(check);
      return check.promise;
    },
    answer: (text: string) => void answers.push(text),
  };
  const ask = () => {
    controls = { ...controls, ...line.ask(question) };
  };
  const type = (text: string) => {
    for (const character of text) controls = line.answered({ key: character, character }, controls);
  };
  const press = (key: string) => {
    controls = line.answered({ key, character: undefined }, controls);
  };
  ask();
  return { line, checks, answers, ask, type, press, prompt: () => controls.prompt };
}

const settled = () => new Promise(done => setImmediate(done));

test('the answer follows the check, and meanwhile keys change nothing', async () => {
  const { line, checks, answers, type, press, prompt } = asked();
  type('web');
  press('enter');
  type('x');
  press('enter');
  assert.equal(prompt(), { label: 'host', text: 'web', checking: true });
  assert.is(checks.length, 1);
  checks[0]!.resolve();
  await settled();
  assert.equal([answers, prompt(), line.waits], [['web'], undefined, false]);
});

test('a refused answer stays with the reason, and can be corrected', async () => {
  const { checks, answers, type, press, prompt } = asked();
  type('wbe');
  press('enter');
  checks[0]!.reject(new Error('wbe does not resolve'));
  await settled();
  assert.equal(prompt(), { label: 'host', text: 'wbe', problem: 'wbe does not resolve' });
  press('C-u');
  type('web');
  press('enter');
  checks[1]!.resolve();
  await settled();
  assert.equal(answers, ['web']);
});

test('a cancelled question is not answered, whatever its check says later', async () => {
  const { line, checks, answers, ask, type, press, prompt } = asked();
  type('slow');
  press('enter');
  press('escape');
  assert.equal([line.waits, prompt()], [false, undefined]);
  ask();
  type('fast');
  press('enter');
  checks[0]!.resolve();
  await settled();
  assert.equal(answers, []);
  checks[1]!.resolve();
  await settled();
  assert.equal(answers, ['fast']);
});

test.run();
