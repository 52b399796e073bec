export { LivePage } from './LivePage.js';
