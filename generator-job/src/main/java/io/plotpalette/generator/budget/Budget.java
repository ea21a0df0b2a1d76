package io.plotpalette.generator.budget;

/**
 * The money of one job in whole nano-USD: a limit, what is spent, and what is set aside for calls
 * whose cost is not known yet. As long as no call costs more than was reserved for it, {@code spent
 * + reserved <= limit} holds after every operation. Not thread-safe.
 */
public class Budget {

  /** What came of the wish to set money aside. */
  public enum Decision {
    /** The money is set aside; it is to be settled, forfeited or released. */
    RESERVED,
    /** Only reservations of other calls stand in the way: ask again when one of them is settled. */
    WAIT,
    /** Money that is spent stands in the way. That does not change any more. */
    EXCEEDED
  }

  private final long limit;
  private long spent;
  private long reserved;

  /**
   * A budget of which nothing is reserved.
   *
   * @param limit nano-USD, 0 or more
   * @param spent nano-USD, 0 or more
   */
  public Budget(long limit, long spent) {
    this.limit = notNegative("limit", limit);
    this.spent = notNegative("spent", spent);
  }

  /** Sets {@code amount} aside for a call, if the limit allows it in every case. */
  public Decision reserve(long amount) {
    notNegative("reservation", amount);
    // Subtractions of numbers that are not negative cannot overflow; additions could.
    if (limit - spent < amount) {
      return Decision.EXCEEDED;
    }
    if (limit - spent - reserved < amount) {
      return Decision.WAIT;
    }
    reserved = Math.addExact(reserved, amount);
    return Decision.RESERVED;
  }

  /**
   * Takes over what an earlier owner of the job has reserved, by the word of the journal. The limit
   * is not asked: the call may have been made.
   */
  public void adopt(long reservation) {
    reserved = Math.addExact(reserved, notNegative("reservation", reservation));
  }

  /**
   * Replaces a reservation by what the call has cost.
   *
   * @param cost nano-USD; more than the reservation only if its bound was wrong
   */
  public void settle(long reservation, long cost) {
    take(reservation);
    spent = Math.addExact(spent, notNegative("cost", cost));
  }

  /** Counts the whole reservation as spent: nobody knows whether the call was billed. */
  public void forfeit(long reservation) {
    settle(reservation, reservation);
  }

  /** Gives a reservation back: the call was certainly not made. */
  public void release(long reservation) {
    take(reservation);
  }

  private void take(long reservation) {
    if (notNegative("reservation", reservation) > reserved) {
      throw new IllegalStateException(
          "a reservation of "
              + reservation
              + " nano-USD is given back, but only "
              + reserved
              + " are reserved");
    }
    reserved -= reservation;
  }

  private static long notNegative(String name, long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException(name + " is " + amount + " nano-USD, less than nothing");
    }
    return amount;
  }

  /** In nano-USD. */
  public long limit() {
    return limit;
  }

  /** In nano-USD. */
  public long spent() {
    return spent;
  }

  /** In nano-USD. */
  public long reserved() {
    return reserved;
  }
}
