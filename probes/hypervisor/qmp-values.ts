/** Reads answers of QMP, which may be of any type. */
import { isRecord } from '../../src/core/validation/shape.js';
import { MAX_NAME } from './backend.js';
import type { QmpAnswer } from './qmp-client.js';

export function nameOf(value: unknown): string {
  const { name } = (isRecord(value) ? value : {}) as { name?: unknown };
  return typeof name === 'string' ? name.slice(0, MAX_NAME) : '';
}

export function statusIn(answer: QmpAnswer | undefined): string | undefined {
  const { status } = (isRecord(answer?.value) ? answer!.value : {}) as { status?: unknown };
  return typeof status === 'string' ? status.slice(0, MAX_NAME) : undefined;
}

export function hasEvents(value: unknown): boolean {
  const isOn = (each: unknown) =>
    isRecord(each) &&
    (each as Record<string, unknown>).capability === 'events' &&
    (each as Record<string, unknown>).state === true;
  return Array.isArray(value) && value.some(isOn);
}

export function hasMonitor(value: unknown, id: string): boolean {
  const is = (each: unknown) => isRecord(each) && (each as Record<string, unknown>).label === id;
  return Array.isArray(value) && value.some(is);
}

/** Whether an answer of `query-migrate` names the addresses at which QEMU waits for the stream. */
export function isListening(value: unknown): boolean {
  const addresses = isRecord(value) ? (value as Record<string, unknown>)['socket-address'] : undefined;
  return Array.isArray(addresses) && addresses.length > 0;
}
