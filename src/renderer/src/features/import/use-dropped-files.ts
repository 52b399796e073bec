import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { sendFiles } from './uploads.js';

/** A file dropped on any page is imported, and the import page shows it; the browser would open it in the studio's place. */
export function useDroppedFiles(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      const files = [...event.dataTransfer.files];
      if (files.length === 0) return;
      sendFiles(files);
      navigate('/import');
    };
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, [navigate]);
}
