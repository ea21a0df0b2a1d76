package io.plotpalette.local.identity;

/** Brings a confirmation code to the owner of an e-mail address. */
@FunctionalInterface
public interface CodeDelivery {
  void deliver(String email, String code);
}
