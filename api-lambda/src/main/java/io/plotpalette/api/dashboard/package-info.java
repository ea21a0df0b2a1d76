/** The live view of a generation job. */
package io.plotpalette.api.dashboard;
