export { type DockerOptions, dockerSandboxes } from './docker.js';
