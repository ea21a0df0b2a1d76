/** Templates: versions that never change, checked before anything is paid. */
package io.plotpalette.api.templates;
