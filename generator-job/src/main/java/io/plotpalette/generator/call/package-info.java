/** The edge to the models: what is asked, what comes back, and why nothing came back. */
package io.plotpalette.generator.call;
