export { type PageFile, pageFile } from './page-file.ts';
export { pagePolicy } from './page-policy.ts';
