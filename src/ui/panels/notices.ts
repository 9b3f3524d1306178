import { span } from '../style/spans.js';
import type { Panel } from './panel.js';

/** The notices, newest last. */
export const notices: Panel = ({ status }, { height }) =>
  status.notices.slice(-height).map(text => [span(' ! ', 'notice'), span(text, 'notice')]);
