export { ExchangeDetail } from './ExchangeDetail.js';
export { ExchangePanel } from './ExchangePanel.js';
