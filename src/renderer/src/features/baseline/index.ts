export { BaselineTab } from './BaselineTab.js';
export { RunBaseline } from './RunBaseline.js';
