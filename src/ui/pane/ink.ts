/**
 * The environment that ink and React read when they load: otherwise they log every render, open a debugger's port, or
 * draw the last frame alone, as for the log of a build.
 */
const WANTED = { NODE_ENV: 'production', DEV: 'false', CI: 'false', CONTINUOUS_INTEGRATION: 'false' };

/** Loads ink for an interactive terminal, whatever the environment; the environment is restored. */
export async function loadInk(): Promise<typeof import('./app.js')> {
  const before = Object.keys(WANTED).map(name => [name, process.env[name]] as const);
  Object.assign(process.env, WANTED);
  try {
    return await import('./app.js');
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
