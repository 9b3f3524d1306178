import { createHash } from 'node:crypto';

/**
 * The content security policy of a page: nothing is loaded, and of scripts and styles only exactly these texts run. What a
 * name in a recording smuggles in is neither.
 */
export function policyOf(styles: readonly string[], scripts: readonly string[] = []): string {
  const hashes = (texts: readonly string[]) => texts.map(text => `'sha256-${hashOf(text)}'`).join(' ');
  return [
    "default-src 'none'",
    `style-src ${hashes(styles)}`,
    ...(scripts.length > 0 ? [`script-src ${hashes(scripts)}`] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
