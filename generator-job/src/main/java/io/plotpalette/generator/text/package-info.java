/** Texts as every file and service can hold them. */
package io.plotpalette.generator.text;
