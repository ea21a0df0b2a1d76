package io.plotpalette.local.gateway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the most specific route of a request: at the first difference, a literal part wins, and
 * where none fits there may be a default.
 */
final class RouteTable {
  private final List<Route> mostSpecificFirst;
  private final Optional<Match> otherwise;

  /**
   * @throws IllegalArgumentException if two routes take the same requests
   */
  RouteTable(List<Route> routes) {
    Map<String, Route> byShape = new HashMap<>();
    for (Route route : routes) {
      Route other = byShape.put(shape(route), route);
      if (other != null) {
        throw new IllegalArgumentException(
            "Routes " + other.key() + " and " + route.key() + " take the same requests");
      }
    }
    // Shapes of parameters sort behind every literal.
    mostSpecificFirst =
        routes.stream()
            .filter(route -> !route.isDefault())
            .sorted(Comparator.comparing(RouteTable::shape))
            .toList();
    otherwise =
        routes.stream()
            .filter(Route::isDefault)
            .findFirst()
            .map(route -> new Match(route, Map.of()));
  }

  private static String shape(Route route) {
    if (route.isDefault()) {
      return route.key();
    }
    List<String> parts = new ArrayList<>();
    parts.add(route.method());
    route.parts().forEach(part -> parts.add(Route.isParameter(part) ? "{}" : part));
    return String.join("/", parts);
  }

  /**
   * @param pathParameters decoded, by name
   */
  record Match(Route route, Map<String, String> pathParameters) {}

  /**
   * @param rawPath as it was sent, percent-encoded
   * @throws BadRequestException if the encoding is broken
   */
  Optional<Match> match(String method, String rawPath) {
    List<String> parts = Route.split(rawPath).stream().map(UrlDecoding::decodePath).toList();
    return mostSpecificFirst.stream()
        .filter(route -> route.method().equals(method))
        .flatMap(route -> match(route, parts).stream())
        .findFirst()
        .or(() -> otherwise);
  }

  private static Optional<Match> match(Route route, List<String> parts) {
    List<String> wanted = route.parts();
    if (wanted.size() != parts.size()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      if (Route.isParameter(wanted.get(i))) {
        if (part.isEmpty()) {
          return Optional.empty();
        }
        parameters.put(Route.parameterName(wanted.get(i)), part);
      } else if (!wanted.get(i).equals(part)) {
        return Optional.empty();
      }
    }
    return Optional.of(new Match(route, parameters));
  }
}
