/** The models a job may use, with their prices and limits. */
package io.plotpalette.model.catalogue;
