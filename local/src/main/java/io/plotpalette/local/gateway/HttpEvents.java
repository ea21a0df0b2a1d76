package io.plotpalette.local.gateway;

import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Authorizer;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext.Http;
import io.plotpalette.local.gateway.RouteTable.Match;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes a request as the event an HTTP API of API Gateway sends to a function, in its format 2.0.
 * Where the documentation is silent it follows what others measured: the path comes decoded, the
 * query does not, and a body is text only for a handful of content types.
 */
final class HttpEvents {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final Set<String> TEXT_TYPES =
      Set.of("application/json", "application/javascript", "application/xml");
  // Of one connection, so they end at the gateway.
  private static final Set<String> CONNECTION_HEADERS =
      Set.of("connection", "http2-settings", "keep-alive", "te", "transfer-encoding", "upgrade");

  private HttpEvents() {}

  /**
   * @param claims of the caller's token, or null on a route without authorizer
   * @throws BadRequestException if path or query are badly encoded
   */
  static APIGatewayV2HTTPEvent of(
      HttpServletRequest request,
      byte[] body,
      Match match,
      Map<String, String> claims,
      String requestId,
      Instant now) {
    String path = UrlDecoding.decodePath(request.getRequestURI());
    String query = request.getQueryString() == null ? "" : request.getQueryString();
    boolean binary = body.length > 0 && !isText(request.getContentType());
    return APIGatewayV2HTTPEvent.builder()
        .withVersion("2.0")
        .withRouteKey(match.route().key())
        .withRawPath(path)
        .withRawQueryString(query)
        .withCookies(cookies(request))
        .withHeaders(headers(request, body, requestId, now))
        .withQueryStringParameters(orNull(queryParameters(query)))
        .withPathParameters(orNull(match.pathParameters()))
        .withRequestContext(
            RequestContext.builder()
                .withAccountId("000000000000")
                .withApiId("local")
                .withAuthorizer(authorizer(claims))
                .withDomainName(request.getServerName())
                .withDomainPrefix(request.getServerName().split("\\.", 2)[0])
                .withHttp(
                    Http.builder()
                        .withMethod(request.getMethod())
                        .withPath(path)
                        .withProtocol(request.getProtocol())
                        .withSourceIp(request.getRemoteAddr())
                        .withUserAgent(request.getHeader("user-agent"))
                        .build())
                .withRequestId(requestId)
                .withRouteKey(match.route().key())
                .withStage("$default")
                .withTime(TIME.format(now))
                .withTimeEpoch(now.toEpochMilli())
                .build())
        .withBody(body.length == 0 ? null : text(body, binary))
        .withIsBase64Encoded(binary)
        .build();
  }

  private static Authorizer authorizer(Map<String, String> claims) {
    return claims == null
        ? null
        : Authorizer.builder().withJwt(Authorizer.JWT.builder().withClaims(claims).build()).build();
  }

  private static List<String> cookies(HttpServletRequest request) {
    List<String> cookies =
        Collections.list(request.getHeaders("cookie")).stream()
            .flatMap(header -> Arrays.stream(header.split(";")))
            .map(String::strip)
            .toList();
    return cookies.isEmpty() ? null : cookies;
  }

  private static Map<String, String> headers(
      HttpServletRequest request, byte[] body, String requestId, Instant now) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.put(
          name.toLowerCase(Locale.ROOT),
          String.join(",", Collections.list(request.getHeaders(name))));
    }
    headers.remove("cookie");
    headers.keySet().removeAll(CONNECTION_HEADERS);
    headers.put("content-length", Integer.toString(body.length));
    headers.merge(
        "x-forwarded-for", request.getRemoteAddr(), (before, last) -> before + ", " + last);
    headers.put("x-forwarded-port", Integer.toString(request.getServerPort()));
    headers.put("x-forwarded-proto", request.getScheme());
    headers.putIfAbsent("x-amzn-trace-id", traceId(requestId, now));
    return headers;
  }

  private static String traceId(String requestId, Instant now) {
    String unique = requestId.replace("-", "");
    return "Root=1-%08x-%s"
        .formatted(now.getEpochSecond(), unique.substring(0, Math.min(24, unique.length())));
  }

  private static Map<String, String> queryParameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      if (!pair.isEmpty()) {
        String[] nameAndValue = pair.split("=", 2);
        String value = nameAndValue.length == 2 ? UrlDecoding.decodeQuery(nameAndValue[1]) : "";
        parameters.merge(
            UrlDecoding.decodeQuery(nameAndValue[0]), value, (before, next) -> before + "," + next);
      }
    }
    return parameters;
  }

  private static boolean isText(String contentType) {
    if (contentType == null) {
      return false;
    }
    String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return type.startsWith("text/") || TEXT_TYPES.contains(type);
  }

  private static String text(byte[] body, boolean binary) {
    return binary
        ? Base64.getEncoder().encodeToString(body)
        : new String(body, StandardCharsets.UTF_8);
  }

  private static Map<String, String> orNull(Map<String, String> parameters) {
    return parameters.isEmpty() ? null : parameters;
  }
}
