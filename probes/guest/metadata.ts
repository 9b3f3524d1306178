import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Millis } from '../../src/core/sample.js';

export interface MetadataRequest {
  method?: 'GET' | 'PUT';
  headers: Record<string, string>;
  timeoutMs: Millis;
  signal: AbortSignal;
}

export interface MetadataAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** More than any metadata service answers. */
const MAX_BYTES = 256 * 1024;

/** Asks a metadata service; follows no redirect. Rejects with words where there is no answer, or one too long. */
export function askMetadata(
  url: string,
  { method = 'GET', headers, timeoutMs, signal }: MetadataRequest,
): Promise<MetadataAnswer> {
  const send = url.startsWith('https:') ? secureRequest : request;
  return new Promise((resolve, reject) => {
    const asked = send(url, { method, headers, signal }, async response => {
      try {
        let body = '';
        for await (const chunk of response.setEncoding('utf8')) {
          body += chunk;
          if (body.length > MAX_BYTES) throw new Error(`${url} answers with more than ${MAX_BYTES} bytes`);
        }
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      } catch (error) {
        response.destroy();
        reject(error);
      } finally {
        clearTimeout(limit);
      }
    });
    const limit = setTimeout(
      () => asked.destroy(new Error(`${url} does not answer within ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    asked.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(limit);
      reject(error.code ? new Error(`${url} can't be asked: ${error.code}`) : error);
    });
    asked.end();
  });
}

/** The body of an answer as JSON. Throws an Error that says what was expected. */
export function jsonOf(url: string, { status, body }: MetadataAnswer): unknown {
  if (status !== 200) throw new Error(`${url} answers with status ${status}, not 200`);
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Error(`${url} answers with something other than JSON`, { cause });
  }
}

const MAX_TEXT = 200;

/** A text of a service, cut to a length that fits a line; empty for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_TEXT) : '';
}
