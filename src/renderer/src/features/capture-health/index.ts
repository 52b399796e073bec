export { CaptureHealthPage } from './CaptureHealthPage.js';
