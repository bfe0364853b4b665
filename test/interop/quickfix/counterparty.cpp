// A FIX counterparty on QuickFIX C++, for tests of Baton against an engine that no one here wrote.
//
//   counterparty acceptor SETTINGS   plays the venue: answers D, F, G and H like a small exchange
//   counterparty initiator SETTINGS  plays a client: sends what standard input tells it to
//
// Everything it sees is a line of JSON on standard output; everything it should do is a line on standard input:
//   fill CLORDID QUANTITY PRICE   report a (partial) fill of a resting order
//   order CLORDID SIDE QUANTITY PRICE   (initiator) send a NewOrderSingle; SIDE is 1 or 2
//   cancel CLORDID ORIGCLORDID SIDE     (initiator) send an OrderCancelRequest
//   replace CLORDID ORIGCLORDID QUANTITY PRICE   (initiator) send an OrderCancelReplaceRequest of a buy order
//   status CLORDID                (initiator) send an OrderStatusRequest
//   mass ID                       (initiator) send an OrderMassStatusRequest for all orders
//   skip N                        leave out N outbound sequence numbers: the peer sees a gap
//   test ID                       send a TestRequest
//   reset N                       send a SequenceReset in Reset mode to N
//   drop                          cut the connection without a Logout
//   logout                        end the session in order
//   sequence                      print the next expected sequence numbers
//   quit
// Resting orders live in memory; sequence numbers and sent messages live in QuickFIX's file store.
#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/NullStore.h>
#include <quickfix/Log.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/ThreadedSocketAcceptor.h>
#include <quickfix/ThreadedSocketInitiator.h>
#include <quickfix/FixFields.h>
#include <quickfix/FixValues.h>
#include <quickfix/Message.h>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>

namespace {

std::mutex outputMutex;

long long nowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string escape(const std::string& text) {
  std::string out;
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') { out += '\\'; out += static_cast<char>(c); }
    else if (c == 1) out += '|';
    else if (c < 32 || c > 126) out += '?';
    else out += static_cast<char>(c);
  }
  return out;
}

// One JSON object a line: {"event":…, "timeUs":…, more fields}.
void say(const std::string& event, const std::map<std::string, std::string>& fields = {}) {
  std::ostringstream line;
  line << "{\"event\":\"" << event << "\",\"timeUs\":" << nowUs();
  for (const auto& field : fields) line << ",\"" << field.first << "\":\"" << escape(field.second) << '"';
  line << '}';
  std::lock_guard<std::mutex> guard(outputMutex);
  std::cout << line.str() << std::endl;
}

std::string get(const FIX::FieldMap& map, int tag) { return map.isSetField(tag) ? map.getField(tag) : std::string(); }

struct Order {
  std::string clOrdId, origin, symbol, side, price, orderId;
  double quantity = 0, filled = 0;
  bool ended = false;
  char status = '0';
};

std::string decimal(double value) {
  std::ostringstream out;
  out.precision(12);
  out << value;
  return out.str();
}

class Counterparty : public FIX::Application {
 public:
  explicit Counterparty(bool venue) : venue_(venue) {}
  FIX::SessionID session;

  void onCreate(const FIX::SessionID& id) override { session = id; }
  void onLogon(const FIX::SessionID&) override { say("logon"); }
  void onLogout(const FIX::SessionID&) override { say("logout"); }
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override { trace("sent", message); }
  void fromAdmin(const FIX::Message& message, const FIX::SessionID&) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {
    trace("received", message);
  }
  void toApp(FIX::Message& message, const FIX::SessionID&) throw(FIX::DoNotSend) override { trace("sent", message); }
  void fromApp(const FIX::Message& message, const FIX::SessionID&) throw(
      FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    trace("received", message);
    if (!venue_) return;
    std::lock_guard<std::recursive_mutex> guard(mutex_);
    const std::string type = message.getHeader().getField(35);
    if (type == "D") onOrder(message);
    else if (type == "F") onCancel(message);
    else if (type == "G") onReplace(message);
    else if (type == "H") onStatus(message);
  }

  void fill(const std::string& clOrdId, double quantity, const std::string& price) {
    std::lock_guard<std::recursive_mutex> guard(mutex_);
    auto found = orders_.find(clOrdId);
    if (found == orders_.end() || found->second.ended) return say("error", {{"text", "no resting order " + clOrdId}});
    Order& order = found->second;
    order.filled += quantity;
    order.status = order.filled >= order.quantity ? '2' : '1';
    order.ended = order.status == '2';
    report(order, 'F', {{31, price}, {32, decimal(quantity)}});
  }

  void send(const std::string& type, const std::map<int, std::string>& fields) {
    FIX::Message message;
    message.getHeader().setField(35, type);
    for (const auto& field : fields) message.setField(field.first, field.second);
    FIX::Session::sendToTarget(message, session);
  }

  void order(const std::string& id, const std::string& side, const std::string& quantity, const std::string& price) {
    send("D", {{11, id}, {21, "1"}, {38, quantity}, {40, "2"}, {44, price}, {54, side}, {55, "BTC-USD"}, {59, "0"}, {60, stamp()}});
  }

  void cancel(const std::string& id, const std::string& origin, const std::string& side) {
    send("F", {{11, id}, {41, origin}, {54, side}, {55, "BTC-USD"}, {60, stamp()}});
  }

  void replace(const std::string& id, const std::string& origin, const std::string& quantity, const std::string& price) {
    send("G", {{11, id}, {21, "1"}, {38, quantity}, {40, "2"}, {41, origin}, {44, price}, {54, "1"}, {55, "BTC-USD"}, {60, stamp()}});
  }

 private:
  static std::string stamp() {
    FIX::TransactTime time(3);
    return time.getString();
  }

  void trace(const char* direction, const FIX::Message& message) {
    const auto& header = message.getHeader();
    std::map<std::string, std::string> fields = {
        {"msgType", get(header, 35)}, {"seq", get(header, 34)}, {"possDup", get(header, 43)}, {"text", message.toString()}};
    for (int tag : {11, 41, 17, 150, 39}) {
      const std::string value = get(message, tag);
      if (!value.empty()) fields[std::to_string(tag)] = value;
    }
    say(direction, fields);
  }

  void onOrder(const FIX::Message& message) {
    const std::string id = get(message, 11);
    if (orders_.count(id)) {
      say("duplicate", {{"clOrdId", id}});
      Order refused = orders_[id];
      refused.status = '8';
      return report(refused, '8', {{58, "duplicate ClOrdID"}, {103, "6"}});
    }
    Order order;
    order.clOrdId = id;
    order.symbol = get(message, 55);
    order.side = get(message, 54);
    order.price = get(message, 44);
    order.quantity = std::stod(get(message, 38));
    order.orderId = "Q" + std::to_string(++orderCount_);
    orders_[id] = order;
    say("accepted", {{"clOrdId", id}});
    report(order, '0');
  }

  void onCancel(const FIX::Message& message) {
    Order* order = working(get(message, 41));
    if (order == nullptr) return refuse(message, "1");
    order->origin = order->clOrdId;
    order->clOrdId = get(message, 11);
    order->ended = true;
    order->status = '4';
    report(*order, '4');
  }

  void onReplace(const FIX::Message& message) {
    Order* order = working(get(message, 41));
    if (order == nullptr) return refuse(message, "2");
    Order replaced = *order;
    order->ended = true;
    replaced.origin = order->clOrdId;
    replaced.clOrdId = get(message, 11);
    // Not below what is filled already: such an order is full.
    replaced.quantity = std::max(std::stod(get(message, 38)), replaced.filled);
    replaced.ended = replaced.quantity <= replaced.filled;
    if (replaced.ended) replaced.status = '2';
    replaced.price = get(message, 44);
    orders_[replaced.clOrdId] = replaced;
    report(orders_[replaced.clOrdId], '5');
  }

  void onStatus(const FIX::Message& message) {
    auto found = orders_.find(get(message, 11));
    if (found != orders_.end()) return report(found->second, 'I');
    Order unknown;
    unknown.clOrdId = get(message, 11);
    unknown.orderId = "NONE";
    unknown.symbol = get(message, 55);
    unknown.side = get(message, 54);
    unknown.status = '8';
    report(unknown, 'I', {{103, "5"}, {58, "unknown order"}});
  }

  Order* working(const std::string& clOrdId) {
    auto found = orders_.find(clOrdId);
    return found == orders_.end() || found->second.ended ? nullptr : &found->second;
  }

  void refuse(const FIX::Message& message, const char* responseTo) {
    send("9", {{11, get(message, 11)}, {37, "NONE"}, {39, "8"}, {41, get(message, 41)}, {102, "1"}, {434, responseTo}});
  }

  void report(const Order& order, char execType, const std::map<int, std::string>& more = {}) {
    std::map<int, std::string> fields = {
        {6, "0"}, {11, order.clOrdId}, {14, decimal(order.filled)}, {17, "E" + std::to_string(++execCount_)},
        {37, order.orderId}, {38, decimal(order.quantity)}, {39, std::string(1, order.status)}, {54, order.side},
        {55, order.symbol}, {60, stamp()}, {150, std::string(1, execType)},
        {151, decimal(order.ended || order.status == '8' ? 0 : order.quantity - order.filled)}};
    if (!order.price.empty()) fields[44] = order.price;
    if (!order.origin.empty()) fields[41] = order.origin;
    for (const auto& field : more) fields[field.first] = field.second;
    send("8", fields);
  }

  const bool venue_;
  std::recursive_mutex mutex_;
  std::map<std::string, Order> orders_;
  long orderCount_ = 0, execCount_ = 0;
};

void obey(Counterparty& application, const std::string& line, bool& running) {
  std::istringstream words(line);
  std::string verb, a, b, c, d;
  words >> verb >> a >> b >> c >> d;
  FIX::Session* session = FIX::Session::lookupSession(application.session);
  if (verb == "quit") running = false;
  else if (session == nullptr) say("error", {{"text", "no session"}});
  else if (verb == "fill") application.fill(a, std::stod(b), c);
  else if (verb == "order") application.order(a, b, c, d);
  else if (verb == "cancel") application.cancel(a, b, c);
  else if (verb == "replace") application.replace(a, b, c, d);
  else if (verb == "status") application.send("H", {{11, a}, {54, "1"}, {55, "BTC-USD"}});
  else if (verb == "mass") application.send("AF", {{584, a}, {585, "7"}});
  else if (verb == "skip") session->setNextSenderMsgSeqNum(session->getExpectedSenderNum() + std::stoi(a));
  else if (verb == "test") application.send("1", {{112, a}});
  else if (verb == "reset") {
    application.send("4", {{36, a}});
    session->setNextSenderMsgSeqNum(std::stoi(a));
  } else if (verb == "drop") session->disconnect();
  else if (verb == "logout") session->logout();
  else if (verb == "logon") session->logon();
  else if (verb == "sequence") {
    say("sequence", {{"nextOut", std::to_string(session->getExpectedSenderNum())},
                     {"nextIn", std::to_string(session->getExpectedTargetNum())}});
  } else say("error", {{"text", "unknown command " + verb}});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: counterparty acceptor|initiator SETTINGS" << std::endl;
    return 2;
  }
  const bool venue = std::string(argv[1]) == "acceptor";
  try {
    FIX::SessionSettings settings(argv[2]);
    Counterparty application(venue);
    FIX::FileStoreFactory store(settings);
    std::unique_ptr<FIX::ThreadedSocketAcceptor> acceptor;
    std::unique_ptr<FIX::ThreadedSocketInitiator> initiator;
    if (venue) {
      acceptor.reset(new FIX::ThreadedSocketAcceptor(application, store, settings));
      acceptor->start();
    } else {
      initiator.reset(new FIX::ThreadedSocketInitiator(application, store, settings));
      initiator->start();
    }
    say("up");
    bool running = true;
    for (std::string line; running && std::getline(std::cin, line);) obey(application, line, running);
    if (acceptor) acceptor->stop(true);
    if (initiator) initiator->stop(true);
  } catch (std::exception& error) {
    std::cerr << "counterparty: " << error.what() << std::endl;
    return 1;
  }
  return 0;
}
