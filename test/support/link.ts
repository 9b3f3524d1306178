export type { LinkSettings } from '../../src/lab/link-settings.js';
